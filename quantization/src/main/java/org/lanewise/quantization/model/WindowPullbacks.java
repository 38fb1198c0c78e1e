package org.lanewise.quantization.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Gradients of operators with a window: convolutions and pools. */
final class WindowPullbacks {
    private final BackwardGraph graph;
    private final Node node;
    private final String gradient;
    private final Shape in;
    private final Shape out;
    private final int axes;

    WindowPullbacks(BackwardGraph graph, Node node, String gradient) {
        this.graph = graph;
        this.node = node;
        this.gradient = gradient;
        this.in = known(node.input(0));
        this.out = known(node.output(0));
        this.axes = in.rank() - 2;
    }

    private Shape known(String value) {
        Shape shape = graph.shape(value);
        return shape == null ? Shape.scalar() : shape;
    }

    boolean add() {
        if (axes < 1) {
            return false;
        }
        return switch (node.opType()) {
            case "Conv" -> convolution(node.input(1), graph.shape(node.input(1)));
            case "GlobalAveragePool" -> global();
            case "AveragePool" -> average();
            default -> most();
        };
    }

    /** The window's sizes, with dilation 1 where there is none. */
    private long[] ints(String name) {
        long[] values = node.intsAttribute(name);
        long[] ones = new long[axes];
        Arrays.fill(ones, 1);
        return values == null ? ones : values;
    }

    /** Padding before and after each axis, so that a transposed convolution gives the shape of the input; {@code null} if it is not whole. */
    private long[] begins(long[] kernel) {
        long[] pads = node.intsAttribute("pads");
        String auto = node.stringAttribute("auto_pad", "NOTSET");
        long[] begins = new long[axes];
        for (int i = 0; i < axes; i++) {
            long extent = (kernel[i] - 1) * ints("dilations")[i] + 1;
            long all = Math.max(0, (out.dim(2 + i) - 1) * ints("strides")[i] + extent - in.dim(2 + i));
            begins[i] = auto.startsWith("SAME")
                    ? auto.equals("SAME_LOWER") ? (all + 1) / 2 : all / 2
                    : auto.equals("VALID") || pads == null ? 0 : pads[i];
        }
        return begins;
    }

    /** With weights (O, C / group, kernel ...): the gradient of the input is the transposed convolution of the output's. */
    private boolean convolution(String weights, @Nullable Shape shape) {
        if (shape == null || shape.rank() != in.rank()) {
            return false;
        }
        long[] kernel = Arrays.copyOfRange(shape.toLongArray(), 2, shape.rank());
        if (graph.wants(node.input(0))) {
            graph.add(node.input(0), transposed(weights, kernel, node.intAttribute("group", 1), gradient));
        }
        if (graph.wants(weights)) {
            graph.add(weights, weightGradient(shape, kernel));
        }
        String bias = node.input(2);
        if (graph.wants(bias)) {
            long[] places = IntStream.range(0, in.rank())
                    .filter(axis -> axis != 1)
                    .mapToLong(axis -> axis)
                    .toArray();
            Map<String, Attribute> flat = Map.of("keepdims", new Attribute.IntValue(0));
            graph.add(bias, graph.node("ReduceSum", flat, gradient, vector(places)));
        }
        return true;
    }

    private String vector(long... values) {
        return graph.constant(Tensor.of(values, values.length));
    }

    /**
     * The gradient of the weights, {@code dW[o, c, t] = sum over samples n and places p of g[n, o, p] x[n, c, place that tap t sees from p]}: a product of what the taps see, one behind the other, with the gradients.
     */
    private String weightGradient(Shape shape, long[] kernel) {
        long group = node.intAttribute("group", 1);
        long taps = Arrays.stream(kernel).reduce(1, Math::multiplyExact);
        long places = out.sizeBetween(2, out.rank());
        long[] each = {in.dim(0), group, shape.dim(1), 1, places};
        String x = padded(kernel);
        String[] seen = new String[(int) taps];
        for (int tap = 0; tap < taps; tap++) {
            seen[tap] = graph.node("Reshape", seenBy(tap, kernel, x), vector(each));
        }
        String all = graph.node("Concat", Map.of("axis", new Attribute.IntValue(3)), seen);
        String patches = graph.node("Reshape", all, vector(in.dim(0), group, shape.dim(1) * taps, places));
        String g = graph.node("Reshape", gradient, vector(out.dim(0), group, out.dim(1) / group, places));
        Map<String, Attribute> swap = Map.of("perm", new Attribute.IntsValue(new long[] {0, 1, 3, 2}));
        String products = graph.node("MatMul", patches, graph.node("Transpose", swap, g));
        Map<String, Attribute> kept = Map.of("keepdims", new Attribute.IntValue(1));
        String sum = in.dim(0) == 1 ? products : graph.node("ReduceSum", kept, products, vector(0));
        return graph.node("Reshape", graph.node("Transpose", swap, sum), vector(shape.toLongArray()));
    }

    /** The input with zeros around it as far as windows reach. */
    private String padded(long[] kernel) {
        long[] begins = begins(kernel);
        long[] around = new long[2 * in.rank()];
        for (int i = 0; i < axes; i++) {
            long reach = (out.dim(2 + i) - 1) * ints("strides")[i] + (kernel[i] - 1) * ints("dilations")[i] + 1;
            around[2 + i] = begins[i];
            around[in.rank() + 2 + i] = Math.max(0, reach - begins[i] - in.dim(2 + i));
        }
        return Arrays.stream(around).allMatch(pad -> pad == 0)
                ? node.input(0)
                : graph.node("Pad", node.input(0), vector(around));
    }

    /** What a tap sees from all places. */
    private String seenBy(int tap, long[] kernel, String padded) {
        long[] from = new long[axes];
        long[] to = new long[axes];
        int rest = tap;
        for (int i = axes - 1; i >= 0; i--) {
            from[i] = rest % kernel[i] * ints("dilations")[i];
            to[i] = from[i] + (out.dim(2 + i) - 1) * ints("strides")[i] + 1;
            rest /= (int) kernel[i];
        }
        long[] along = IntStream.range(2, in.rank()).asLongStream().toArray();
        return graph.node("Slice", padded, vector(from), vector(to), vector(along), vector(ints("strides")));
    }

    private String transposed(String weights, long[] kernel, long group, String value) {
        long[] begins = begins(kernel);
        long[] pads = new long[2 * axes];
        long[] further = new long[axes];
        for (int i = 0; i < axes; i++) {
            long reach = (out.dim(2 + i) - 1) * ints("strides")[i] + (kernel[i] - 1) * ints("dilations")[i] + 1;
            long end = reach - begins[i] - in.dim(2 + i);
            pads[i] = begins[i];
            pads[axes + i] = Math.max(0, end);
            further[i] = Math.max(0, -end);
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", new Attribute.IntsValue(kernel));
        attributes.put("strides", new Attribute.IntsValue(ints("strides")));
        attributes.put("dilations", new Attribute.IntsValue(ints("dilations")));
        attributes.put("pads", new Attribute.IntsValue(pads));
        attributes.put("group", new Attribute.IntValue(group));
        boolean fits = true;
        for (int i = 0; i < axes; i++) {
            fits &= further[i] < Math.max(ints("strides")[i], ints("dilations")[i]);
        }
        if (fits) {
            attributes.put("output_padding", new Attribute.IntsValue(further));
            return graph.node("ConvTranspose", attributes, value, weights);
        }
        // What no window reaches has no gradient
        String inner = graph.node("ConvTranspose", attributes, value, weights);
        long[] around = new long[2 * in.rank()];
        System.arraycopy(further, 0, around, in.rank() + 2, axes);
        return graph.node("Pad", inner, graph.constant(Tensor.of(around, around.length)));
    }

    private boolean global() {
        long count = in.sizeBetween(2, in.rank());
        String whole = graph.node("Expand", gradient, graph.constant(Tensor.of(in.toLongArray(), in.rank())));
        graph.add(node.input(0), graph.node("Div", whole, graph.constant(Tensor.scalar((float) count))));
        return true;
    }

    private boolean average() {
        long[] kernel = ints("kernel_shape");
        long[] begins = begins(kernel);
        boolean padded = Arrays.stream(begins).anyMatch(begin -> begin > 0);
        long area = 1;
        for (int i = 0; i < axes; i++) {
            area *= kernel[i];
            padded |= (out.dim(2 + i) - 1) * ints("strides")[i] + kernel[i] > in.dim(2 + i);
        }
        if (padded) {
            return false;
        }
        int[] shape = new int[in.rank()];
        shape[0] = in.dim(1);
        shape[1] = 1;
        int size = in.dim(1);
        for (int i = 0; i < axes; i++) {
            shape[2 + i] = (int) kernel[i];
            size *= (int) kernel[i];
        }
        float[] weights = new float[size];
        Arrays.fill(weights, 1f / area);
        String constant = graph.constant(Tensor.of(weights, shape));
        graph.add(node.input(0), transposed(constant, kernel, in.dim(1), gradient));
        return true;
    }

    /** Each element of the output goes to where its maximum was. */
    private boolean most() {
        if (node.outputs().size() > 1 || node.intAttribute("storage_order", 0) != 0) {
            return false;
        }
        String places = graph.secondOutput(node);
        String flat = graph.constant(Tensor.of(new long[] {-1}, 1));
        String zeros = graph.constant(Tensor.of(new float[in.size()], in.size()));
        String scattered = graph.node(
                "ScatterElements",
                Map.of("reduction", new Attribute.StringValue("add")),
                zeros,
                graph.node("Reshape", places, flat),
                graph.node("Reshape", gradient, flat));
        graph.add(
                node.input(0),
                graph.node("Reshape", scattered, graph.constant(Tensor.of(in.toLongArray(), in.rank()))));
        return true;
    }
}
