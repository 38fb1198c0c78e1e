package org.lanewise.runtime.optimize;

import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.number;
import static org.lanewise.runtime.optimize.GraphBuilder.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A random graph of the operators that passes rewrite. Values are (N, C, H, W) at first; each step takes one of the last values, so that values are used
 * twice, and some values in the middle become outputs.
 */
final class RandomGraph {
    /** How many kinds of steps there are. */
    static final int STEPS = 24;

    private static final int MAX_ELEMENTS = 4000;

    private final Random random;
    private final GraphBuilder g;
    private final Map<String, Tensor> inputs;
    private final List<String> values = new ArrayList<>(List.of("x"));

    private RandomGraph(long seed, boolean dynamic) {
        this.random = new Random(seed);
        this.g = new GraphBuilder(seed + 1);
        int[] dims = {1 + random.nextInt(2), 1 + random.nextInt(6), 3 + random.nextInt(5), 3 + random.nextInt(5)};
        this.inputs = Map.of("x", GraphBuilder.noise(random, dims));
        g.input("x", dynamic ? -1 : dims[0], dims[1], dynamic ? -1 : dims[2], dims[3]);
    }

    /**
     * A graph.
     *
     * @param inputs what to run it on
     */
    record Sample(Graph graph, Map<String, Tensor> inputs) {}

    /** The graph that the steps make, each a number below {@link #STEPS}. */
    static Sample of(long seed, boolean dynamic, List<Integer> steps) {
        RandomGraph graph = new RandomGraph(seed, dynamic);
        for (int step : steps) {
            graph.add(step);
        }
        List<String> made = graph.values.subList(Math.min(1, graph.values.size() - 1), graph.values.size());
        if (made.equals(List.of("x"))) {
            made = List.of(graph.g.node("Identity", "x"));
        }
        graph.g.output(made.getLast());
        for (String value : made.subList(0, made.size() - 1)) {
            if (graph.random.nextInt(6) == 0) {
                graph.g.output(value);
            }
        }
        return new Sample(graph.g.build(), graph.inputs);
    }

    private void add(int step) {
        String value = values.get(Math.max(0, values.size() - 1 - Math.min(random.nextInt(4), random.nextInt(4))));
        String made = switch (step) {
            case 0, 1, 2 -> convolution(value);
            case 3 -> batchNorm(value);
            case 4 -> activation(value);
            case 5 -> gate(value);
            case 6, 7 -> combine(value);
            case 8, 9 -> withConstant(value);
            case 10, 11 -> transpose(value);
            case 12 -> concat(value);
            case 13 -> pad(value);
            case 14 -> reduce(value);
            case 15 -> pool(value);
            case 16 -> resize(value);
            case 17 -> dims(value).length == 0 ? null : g.node("Softmax", integer("axis", axis(value)), value);
            case 18 -> product(value);
            case 19 -> layerNorm(value);
            case 20 -> noOp(value);
            case 21, 22 -> attention(value);
            default -> slice(value);
        };
        if (made != null && Arrays.stream(dims(made)).reduce(1, (a, b) -> a * b) <= MAX_ELEMENTS) {
            values.add(made);
        }
    }

    private int[] dims(String value) {
        return g.shape(value, inputs).toShape().toArray();
    }

    /** One of the axes, counted from the start or from the end. */
    private int axis(String value) {
        int rank = dims(value).length;
        return random.nextInt(2 * rank) - rank;
    }

    private String convolution(String value) {
        int[] dims = dims(value);
        if (dims.length != 4 || dims[2] < 1 || dims[3] < 1) {
            return null;
        }
        int group = List.of(1, 1, dims[1]).get(random.nextInt(3));
        int outputs = group * (1 + random.nextInt(5));
        int size = 1 + random.nextInt(3);
        int pad = size / 2;
        Map<String, Attribute> attributes = and(
                and(integer("group", group), ints("pads", pad, pad, pad, pad)),
                and(ints("strides", 1 + random.nextInt(2), 1), ints("dilations", 1, 1)));
        String weights = g.noise(outputs, dims[1] / group, size, size);
        if (random.nextBoolean()) {
            return g.node("Conv", attributes, value, weights);
        }
        return g.node("Conv", attributes, value, weights, g.noise(outputs));
    }

    private String batchNorm(String value) {
        int[] dims = dims(value);
        if (dims.length < 2) {
            return null;
        }
        float[] variance = new float[dims[1]];
        for (int i = 0; i < variance.length; i++) {
            variance[i] = random.nextFloat(0.5f, 2);
        }
        return g.node(
                "BatchNormalization",
                value,
                g.noise(dims[1]),
                g.noise(dims[1]),
                g.noise(dims[1]),
                g.constant(Tensor.of(variance)));
    }

    private String activation(String value) {
        return switch (random.nextInt(9)) {
            case 0 -> g.node("Relu", value);
            case 1 -> g.node("Sigmoid", value);
            case 2 -> g.node("Tanh", value);
            case 3 -> g.node("LeakyRelu", number("alpha", 0.3), value);
            case 4 -> g.node("Clip", value, g.scalar(-0.5), g.scalar(0.5));
            case 5 -> g.node("HardSwish", value);
            case 6 -> g.node("Elu", value);
            case 7 -> g.node("Clip", value, "", g.scalar(0.4));
            default -> g.node("Gelu", value);
        };
    }

    private String gate(String value) {
        if (random.nextBoolean()) {
            return g.node("Mul", g.node("Sigmoid", value), value);
        }
        String clip = g.node("Clip", g.node("Add", value, g.scalar(3)), g.scalar(0), g.scalar(6));
        return random.nextBoolean()
                ? g.node("Mul", value, g.node("Div", clip, g.scalar(6)))
                : g.node("Div", g.node("Mul", value, clip), g.scalar(6));
    }

    /** With another value that broadcasts with it, most often one of the same shape. */
    private String combine(String value) {
        int[] dims = dims(value);
        List<String> partners = new ArrayList<>();
        for (String other : values) {
            int[] others = dims(other);
            if (Arrays.equals(dims, others) || broadcasts(dims, others)) {
                partners.add(other);
            }
        }
        String other = partners.get(random.nextInt(partners.size()));
        String op = List.of("Add", "Add", "Mul", "Sub", "Max").get(random.nextInt(5));
        return random.nextBoolean() ? g.node(op, value, other) : g.node(op, other, value);
    }

    private static boolean broadcasts(int[] a, int[] b) {
        for (int i = 1; i <= Math.min(a.length, b.length); i++) {
            int da = a[a.length - i];
            int db = b[b.length - i];
            if (da != db && da != 1 && db != 1) {
                return false;
            }
        }
        return true;
    }

    /** With a constant that broadcasts with it: some of its last dimensions, each its size or 1. */
    private String withConstant(String value) {
        int[] dims = dims(value);
        int rank = random.nextInt(dims.length + 1);
        int[] shape = Arrays.copyOfRange(dims, dims.length - rank, dims.length);
        for (int i = 0; i < rank; i++) {
            shape[i] = random.nextInt(3) == 0 ? shape[i] : 1;
        }
        String constant = random.nextInt(4) == 0 ? perLast(dims) : g.noise(shape);
        String op = List.of("Add", "Add", "Mul", "Sub", "Min", "PRelu").get(random.nextInt(6));
        return random.nextBoolean() || op.equals("PRelu") ? g.node(op, value, constant) : g.node(op, constant, value);
    }

    private String perLast(int[] dims) {
        return g.noise(dims.length == 0 ? 1 : dims[dims.length - 1]);
    }

    private String transpose(String value) {
        int rank = dims(value).length;
        if (rank == 4 && random.nextBoolean()) {
            return g.node(
                    "Transpose", random.nextBoolean() ? ints("perm", 0, 2, 3, 1) : ints("perm", 0, 3, 1, 2), value);
        }
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(axes, random);
        return random.nextInt(5) == 0
                ? g.node("Transpose", value)
                : g.node(
                        "Transpose",
                        ints("perm", axes.stream().mapToLong(Integer::longValue).toArray()),
                        value);
    }

    private String concat(String value) {
        int[] dims = dims(value);
        if (dims.length == 0) {
            return null;
        }
        int axis = axis(value);
        int at = Math.floorMod(axis, dims.length);
        List<String> parts = new ArrayList<>(List.of(value));
        for (String other : values) {
            int[] others = dims(other);
            if (others.length == dims.length) {
                others[at] = dims[at];
                if (Arrays.equals(dims, others) && parts.size() < 3) {
                    parts.add(other);
                }
            }
        }
        return g.node("Concat", integer("axis", axis), parts.toArray(String[]::new));
    }

    private String pad(String value) {
        int rank = dims(value).length;
        String pads = g.longs(random.longs(2L * rank, 0, 2).toArray());
        return random.nextBoolean() ? g.node("Pad", value, pads) : g.node("Pad", value, pads, g.scalar(0.5));
    }

    private String reduce(String value) {
        int rank = dims(value).length;
        if (rank == 4 && random.nextInt(3) == 0) {
            return g.node("GlobalAveragePool", value);
        }
        long keep = random.nextInt(4) == 0 ? 0 : 1;
        long[] axes = random.ints(1 + random.nextInt(2), 0, rank)
                .distinct()
                .mapToLong(i -> i)
                .toArray();
        String op = List.of("ReduceMean", "ReduceMax", "ReduceSum").get(random.nextInt(3));
        return g.node(op, integer("keepdims", keep), value, g.longs(axes));
    }

    private String pool(String value) {
        int[] dims = dims(value);
        if (dims.length != 4 || dims[2] < 2 || dims[3] < 2) {
            return null;
        }
        Map<String, Attribute> attributes = and(
                and(ints("kernel_shape", 2, 1 + random.nextInt(2)), ints("strides", 1 + random.nextInt(2), 1)),
                and(integer("ceil_mode", random.nextInt(2)), ints("pads", 0, 0, random.nextInt(2), 0)));
        return random.nextBoolean()
                ? g.node("MaxPool", attributes, value)
                : g.node("AveragePool", and(attributes, integer("count_include_pad", random.nextInt(2))), value);
    }

    private String resize(String value) {
        int[] dims = dims(value);
        if (dims.length != 4) {
            return null;
        }
        float[] scales = new float[4];
        for (int i = 0; i < 4; i++) {
            scales[i] = random.nextInt(3) == 0 ? 2 : 1;
        }
        Map<String, Attribute> mode = text("mode", random.nextBoolean() ? "nearest" : "linear");
        if (random.nextBoolean()) {
            return g.node("Resize", mode, value, "", g.constant(Tensor.of(scales)));
        }
        long[] sizes = IntStream.range(0, 4)
                .mapToLong(i -> dims[i] + (i < 2 ? 0 : random.nextInt(3)))
                .toArray();
        return g.node("Resize", mode, value, "", "", g.longs(sizes));
    }

    private String product(String value) {
        int[] dims = dims(value);
        if (dims.length < 2) {
            return null;
        }
        String product = g.node("MatMul", value, g.noise(dims[dims.length - 1], 1 + random.nextInt(5)));
        return random.nextBoolean() ? product : g.node("Add", product, perLast(dims(product)));
    }

    private String layerNorm(String value) {
        int[] dims = dims(value);
        if (dims.length == 0) {
            return null;
        }
        String centred = g.node("Sub", value, g.node("ReduceMean", value, g.longs(-1)));
        String variance = g.node("ReduceMean", g.node("Mul", centred, centred), g.longs(-1));
        String normed = g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, g.scalar(0.1))));
        return g.node("Add", g.node("Mul", normed, perLast(dims)), perLast(dims));
    }

    /** Of a value with itself, in a random one of the forms in which exporters write it. */
    private String attention(String value) {
        int[] dims = dims(value);
        int rank = dims.length;
        if (rank < 2 || rank > 4) {
            return null;
        }
        long[] swapped = IntStream.range(0, rank)
                .mapToLong(i -> i < rank - 2 ? i : 2 * rank - 3 - i)
                .toArray();
        String keys = g.node("Transpose", ints("perm", swapped), value);
        String queries = random.nextInt(3) == 0 ? g.node("Mul", value, g.scalar(0.5)) : value;
        String scores = g.node("MatMul", queries, keys);
        if (random.nextBoolean()) {
            scores = g.node("Div", scores, g.scalar(2));
        }
        int n = dims[rank - 2];
        if (random.nextInt(3) == 0) {
            boolean[] bits = new boolean[n];
            for (int i = 0; i < n; i++) {
                bits[i] = random.nextBoolean();
            }
            String condition = g.constant(Tensor.of(bits));
            scores = random.nextBoolean()
                    ? g.node("Where", condition, scores, g.scalar(-3))
                    : g.node("Where", condition, g.scalar(-3), scores);
        }
        if (random.nextBoolean()) {
            scores = random.nextBoolean()
                    ? g.node("Add", scores, g.noise(n))
                    : g.node("Add", g.noise(random.nextBoolean() ? n : 1, 1), scores);
        }
        String weights = g.node("Softmax", integer("axis", -1), scores);
        values.add(random.nextInt(5) == 0 ? weights : value);
        return g.node("MatMul", weights, value);
    }

    private String noOp(String value) {
        return switch (random.nextInt(4)) {
            case 0 -> g.node("Identity", value);
            case 1 -> g.node("Dropout", value);
            case 2 -> g.node("Mul", value, g.scalar(1));
            default -> g.node("Cast", integer("to", 1), value);
        };
    }

    private String slice(String value) {
        int[] dims = dims(value);
        if (dims.length == 0) {
            return null;
        }
        int axis = random.nextInt(dims.length);
        return g.node("Slice", value, g.longs(0), g.longs(Math.max(1, dims[axis] - 1)), g.longs(axis));
    }
}
