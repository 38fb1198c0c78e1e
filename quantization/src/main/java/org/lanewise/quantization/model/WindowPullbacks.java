package org.lanewise.quantization.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
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
        if (axes < 1 || graph.wants(node.input(1)) || graph.wants(node.input(2))) {
            return false;
        }
        return switch (node.opType()) {
            case "Conv" -> convolution(node.input(1), graph.shape(node.input(1)), gradient);
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

    /** The transposed convolution with weights (O, C / group, kernel ...). */
    private boolean convolution(String weights, @Nullable Shape shape, String value) {
        if (shape == null || shape.rank() != in.rank()) {
            return false;
        }
        long[] kernel = Arrays.copyOfRange(shape.toLongArray(), 2, shape.rank());
        graph.add(node.input(0), transposed(weights, kernel, node.intAttribute("group", 1), value));
        return true;
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
