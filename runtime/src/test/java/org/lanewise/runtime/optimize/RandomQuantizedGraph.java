package org.lanewise.runtime.optimize;

import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A random network of images in QDQ form, as exporters write them: every operator between {@code DequantizeLinear} and {@code QuantizeLinear}, most often in a row, now and then with two branches.
 *
 * <p>Scales are odd numbers, so that values halfway between two integers, which the last rounding error decides, are rare; weights keep the size of values.
 */
final class RandomQuantizedGraph {
    /** How many kinds of steps there are. */
    static final int STEPS = 16;

    private static final int MAX_ELEMENTS = 6000;
    private static final int LARGEST_WEIGHT = 127;

    /** Of normally distributed weights of which about one in a thousand is as large as {@link #LARGEST_WEIGHT}. */
    private static final double DEVIATION = 38;

    private final Random random;
    private final GraphBuilder g;
    private final Map<String, Tensor> inputs;
    private final DataType type;

    /** The step of each value. */
    private final Map<String, Double> steps = new LinkedHashMap<>();

    private RandomQuantizedGraph(long seed) {
        this.random = new Random(seed);
        this.g = new GraphBuilder(seed + 1);
        this.type = random.nextInt(3) == 0 ? DataType.INT8 : DataType.UINT8;
        int channels = List.of(1, 3, 8, 13, 16, 24, 33).get(random.nextInt(7));
        int[] dims = {1 + random.nextInt(2), channels, 1 + random.nextInt(9), 1 + random.nextInt(9)};
        this.inputs = Map.of("x", GraphBuilder.noise(random, dims));
        quantized(g.input("x", dims[0], dims[1], dims[2], dims[3]), 2);
    }

    /**
     * A graph.
     *
     * @param inputs what to run it on
     * @param steps of the quantizer before each output, by the output's name
     */
    record Sample(Graph graph, Map<String, Tensor> inputs, Map<String, Double> steps) {}

    /** The network that the steps make, each a number below {@link #STEPS}. */
    static Sample of(long seed, List<Integer> kinds) {
        RandomQuantizedGraph network = new RandomQuantizedGraph(seed);
        kinds.forEach(network::add);
        List<String> made = new ArrayList<>(network.steps.keySet());
        Map<String, Double> outputs = new LinkedHashMap<>();
        outputs.put(made.getLast(), network.steps.get(made.getLast()));
        if (network.random.nextInt(6) == 0) {
            String other = made.get(network.random.nextInt(made.size()));
            outputs.put(other, network.steps.get(other));
        }
        network.g.output(outputs.keySet().toArray(String[]::new));
        return new Sample(network.g.build(), network.inputs, outputs);
    }

    private void add(int kind) {
        List<String> values = new ArrayList<>(steps.keySet());
        String value = values.get(Math.max(0, values.size() - 1 - random.nextInt(8) / 6));
        if (dims(value).length != 4) {
            return;
        }
        switch (kind) {
            case 0, 1, 2 -> convolution(value, 1, 1 + 2 * random.nextInt(3));
            case 3, 4, 5 -> convolution(value, dims(value)[1], 1 + 2 * random.nextInt(3));
            case 6 -> convolution(value, groups(dims(value)[1]), 1 + 2 * random.nextInt(2));
            case 7, 8 -> combine(value, values);
            case 9 -> function(value);
            case 10 -> pool(value);
            case 11 -> quantized(g.node("GlobalAveragePool", value), 3);
            case 12 -> concat(value, values);
            case 13, 14 -> move(value);
            default -> head(value);
        }
    }

    private int[] dims(String value) {
        return g.shape(value, inputs).toShape().toArray();
    }

    private int groups(int channels) {
        return channels % 4 == 0 ? 4 : channels % 3 == 0 ? 3 : 1;
    }

    /** Quantized so that values up to about {@code range} fit, and dequantized again; left out where it became too large. */
    private void quantized(String value, double range) {
        if (Arrays.stream(dims(value)).reduce(1, (a, b) -> a * b) > MAX_ELEMENTS) {
            return;
        }
        boolean whole = random.nextInt(3) == 0;
        double scale = (whole ? range : 2 * range) / 256 * random.nextDouble(0.9, 1.3);
        int least = type == DataType.INT8 ? -128 : 0;
        int zero = whole ? least : least + 128 + random.nextInt(-9, 9);
        String step = g.scalar(scale);
        String zeroPoint = g.constant(Tensor.wrap(type, Shape.scalar(), new byte[] {(byte) zero}, 0));
        String bytes = g.node("QuantizeLinear", value, step, zeroPoint);
        steps.put(g.node("DequantizeLinear", bytes, step, zeroPoint), scale);
    }

    /** INT8 weights that keep the size of values, with a scale for all or one for each index of {@code axis}. */
    private Weights weights(int axis, int... dims) {
        Shape shape = Shape.of(dims);
        byte[] values = new byte[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    (byte) Math.clamp(Math.round(random.nextGaussian() * DEVIATION), -LARGEST_WEIGHT, LARGEST_WEIGHT);
        }
        double scale = 1 / (DEVIATION * Math.sqrt((double) values.length / dims[axis]));
        float[] scales = new float[random.nextBoolean() ? dims[axis] : 1];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) (scale * random.nextDouble(0.5, 1.1));
        }
        String bytes = g.constant(Tensor.wrap(DataType.INT8, shape, values, 0));
        boolean perChannel = scales.length > 1;
        Map<String, Attribute> attributes = perChannel ? integer("axis", axis) : Map.of();
        String name = g.node("DequantizeLinear", attributes, bytes, constant(scales), zeros(DataType.INT8, scales));
        return new Weights(name, scales, dims[axis]);
    }

    /** A scale, or one for each of several channels. */
    private String constant(float[] scales) {
        return scales.length == 1 ? g.scalar(scales[0]) : g.constant(Tensor.of(scales));
    }

    private String zeros(DataType zeroType, float[] scales) {
        return g.constant(Tensor.allocate(zeroType, scales.length == 1 ? Shape.scalar() : Shape.of(scales.length)));
    }

    private record Weights(String name, float[] scales, int count) {}

    /** In whole steps of the sums, as exporters write it. */
    private String bias(Weights w, double step) {
        float[] scales = w.scales.clone();
        int[] values = new int[w.count];
        for (int i = 0; i < scales.length; i++) {
            scales[i] *= (float) step;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (int) (random.nextGaussian() * 0.3 / scales[scales.length == 1 ? 0 : i]);
        }
        Map<String, Attribute> attributes = scales.length > 1 ? integer("axis", 0) : Map.of();
        return g.node(
                "DequantizeLinear",
                attributes,
                g.constant(Tensor.of(values)),
                constant(scales),
                zeros(DataType.INT32, scales));
    }

    private void convolution(String value, int group, int kernel) {
        int[] dims = dims(value);
        int outputs = group == dims[1] ? group : group * (1 + random.nextInt(group == 1 ? 40 : 5));
        Weights w = weights(0, outputs, dims[1] / group, kernel, kernel);
        int pad = random.nextInt(4) == 0 ? random.nextInt(kernel + 2) : kernel / 2;
        int stride = 1 + random.nextInt(4) / 3;
        if (Math.min(dims[2], dims[3]) + pad + kernel / 2 < kernel) {
            return;
        }
        Map<String, Attribute> attributes = and(
                and(integer("group", group), ints("pads", pad, kernel / 2, kernel / 2, pad)),
                ints("strides", stride, stride));
        String sums = random.nextInt(3) == 0
                ? g.node("Conv", attributes, value, w.name)
                : g.node("Conv", attributes, value, w.name, bias(w, steps.get(value)));
        quantized(
                switch (random.nextInt(4)) {
                    case 0, 1 -> g.node("Relu", sums);
                    case 2 -> g.node("Clip", sums, g.scalar(0), g.scalar(1.5));
                    default -> sums;
                },
                3);
    }

    private void combine(String value, List<String> values) {
        int[] dims = dims(value);
        List<String> partners =
                values.stream().filter(v -> Arrays.equals(dims, dims(v))).toList();
        String other = partners.get(random.nextInt(partners.size()));
        String result = g.node(random.nextInt(3) == 0 ? "Mul" : "Add", value, other);
        quantized(random.nextBoolean() ? result : g.node("Relu", result), 4);
    }

    private void function(String value) {
        String op = List.of("Sigmoid", "LeakyRelu", "HardSwish", "Tanh", "Relu").get(random.nextInt(5));
        String result = g.node(op, value);
        if (op.equals("Sigmoid")) {
            quantized(result, 1);
            List<String> values = new ArrayList<>(steps.keySet());
            result = g.node("Mul", value, values.getLast());
        }
        quantized(result, 3);
    }

    private void pool(String value) {
        int[] dims = dims(value);
        if (Math.min(dims[2], dims[3]) < 3) {
            return;
        }
        Map<String, Attribute> attributes =
                and(ints("kernel_shape", 2, 3), and(ints("strides", 2, 1), ints("pads", 0, 1, 1, 0)));
        quantized(g.node(random.nextBoolean() ? "MaxPool" : "AveragePool", attributes, value), 3);
    }

    private void concat(String value, List<String> values) {
        int[] dims = dims(value);
        List<String> partners = new ArrayList<>();
        for (String other : values) {
            int[] others = dims(other);
            if (others.length == 4) {
                others[1] = dims[1];
                if (Arrays.equals(dims, others)) {
                    partners.add(other);
                }
            }
        }
        String other = partners.get(random.nextInt(partners.size()));
        quantized(g.node("Concat", integer("axis", 1), value, other), 3);
    }

    private void move(String value) {
        int[] dims = dims(value);
        quantized(
                switch (random.nextInt(4)) {
                    case 0 -> g.node("Pad", value, g.longs(0, 0, 1, 0, 0, 0, 0, 2));
                    case 1 -> g.node("Transpose", ints("perm", 0, 1, 3, 2), value);
                    case 2 -> g.node("Slice", value, g.longs(dims[1] / 2), g.longs(dims[1]), g.longs(1));
                    default ->
                        g.node(
                                "Resize",
                                and(text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric")),
                                value,
                                "",
                                g.constant(Tensor.of(new float[] {1, 1, 2, 2})));
                },
                3);
    }

    private void head(String value) {
        int[] dims = dims(value);
        int k = dims[1] * dims[2] * dims[3];
        String row = g.node("Flatten", value);
        int n = 1 + random.nextInt(20);
        if (random.nextBoolean()) {
            Weights w = weights(1, k, n);
            quantized(g.node("MatMul", row, w.name), 3);
            return;
        }
        Weights w = weights(0, n, k);
        quantized(g.node("Gemm", integer("transB", 1), row, w.name, bias(w, steps.get(value))), 3);
    }
}
