package org.lanewise.quantization.model;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** What a node makes of the gradient with respect to its output: gradients with respect to its inputs. */
final class Pullbacks {
    /** Of the operators that gradients are made of. */
    static final int OPSET = 17;

    private static final float ERF_SLOPE = (float) (2 / Math.sqrt(Math.PI));

    private final BackwardGraph graph;
    private final Node node;
    private final String gradient;
    private final String x;
    private final String y;

    private Pullbacks(BackwardGraph graph, Node node, String gradient) {
        this.graph = graph;
        this.node = node;
        this.gradient = gradient;
        this.x = node.input(0);
        this.y = node.output(0);
    }

    /** Adds the gradients of inputs that are of use; false if the derivative is not known. */
    static boolean add(BackwardGraph graph, Node node, String gradient) {
        if (!node.domain().isEmpty() || graph.shape(node.output(0)) == null) {
            return false;
        }
        for (String input : node.inputs()) {
            if (graph.wants(input) && graph.shape(input) == null) {
                return false;
            }
        }
        return new Pullbacks(graph, node, gradient).add();
    }

    private boolean add() {
        return switch (node.opType()) {
            case "Conv", "GlobalAveragePool", "AveragePool", "MaxPool" ->
                new WindowPullbacks(graph, node, gradient).add();
            case "MatMul" -> product();
            case "Gemm" -> gemm();
            case "Add", "Sub", "Mul", "Div" -> pair();
            case "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout" ->
                only(graph.shape(x) == null ? null : reshaped(gradient, x));
            case "Transpose" -> only(transposed());
            case "ReduceMean", "ReduceSum" -> only(spread());
            case "Softmax" -> only(softmax());
            case "Concat" -> concat();
            default -> pointwise();
        };
    }

    /** The only input that has a gradient is the first. */
    private boolean only(@Nullable String result) {
        boolean others = node.inputs().stream().skip(1).anyMatch(graph::wants);
        if (result == null || others) {
            return false;
        }
        graph.add(x, result);
        return true;
    }

    private String mul(String a, String b) {
        return graph.node("Mul", a, b);
    }

    private String number(double value) {
        return graph.constant(Tensor.scalar((float) value));
    }

    private String reshaped(String value, String like) {
        return graph.node("Reshape", value, graph.constant(Tensor.of(dims(like), dims(like).length)));
    }

    private long[] dims(String value) {
        Shape shape = graph.shape(value);
        if (shape == null) {
            throw new IllegalStateException("the shape of '" + value + "' is not known");
        }
        return shape.toLongArray();
    }

    private boolean pointwise() {
        UnaryOperator<String> one = value -> graph.node("Sub", number(1), value);
        return only(
                switch (node.opType()) {
                    case "Relu" -> mul(gradient, passes("Greater", number(0)));
                    case "LeakyRelu" ->
                        graph.node(
                                "Where",
                                graph.node("Greater", x, number(0)),
                                gradient,
                                mul(gradient, number(node.floatAttribute("alpha", 0.01f))));
                    case "Clip" -> clip();
                    case "Sigmoid" -> mul(gradient, mul(y, one.apply(y)));
                    case "Tanh" -> mul(gradient, one.apply(mul(y, y)));
                    case "Exp" -> mul(gradient, y);
                    case "Sqrt" -> graph.node("Div", mul(gradient, number(0.5)), y);
                    case "Log" -> graph.node("Div", gradient, x);
                    case "Reciprocal" -> graph.node("Neg", mul(gradient, mul(y, y)));
                    case "Neg" -> graph.node("Neg", gradient);
                    case "Erf" ->
                        mul(gradient, mul(number(ERF_SLOPE), graph.node("Exp", graph.node("Neg", mul(x, x)))));
                    case "Pow" -> power();
                    case "HardSigmoid" -> hardSigmoid();
                    case "HardSwish" -> hardSwish();
                    default -> null;
                });
    }

    /** 1 where the input is beyond {@code limit}, else 0. */
    private String passes(String comparison, String limit) {
        return graph.node("Cast", Map.of("to", new Attribute.IntValue(1)), graph.node(comparison, x, limit));
    }

    private @Nullable String clip() {
        Tensor least = graph.constant(node.input(1));
        Tensor most = graph.constant(node.input(2));
        double from = node.opset() >= 11
                ? least == null ? Double.NEGATIVE_INFINITY : least.getDouble(0)
                : node.floatAttribute("min", Float.NEGATIVE_INFINITY);
        double to = node.opset() >= 11
                ? most == null ? Double.POSITIVE_INFINITY : most.getDouble(0)
                : node.floatAttribute("max", Float.POSITIVE_INFINITY);
        boolean known =
                (node.input(1).isEmpty() || least != null) && (node.input(2).isEmpty() || most != null);
        return known ? mul(mul(gradient, passes("Greater", number(from))), passes("Less", number(to))) : null;
    }

    private @Nullable String power() {
        Tensor exponent = graph.constant(node.input(1));
        if (exponent == null || exponent.size() != 1) {
            return null;
        }
        double p = exponent.getDouble(0);
        return mul(mul(gradient, number(p)), p == 2 ? x : graph.node("Pow", x, number(p - 1)));
    }

    private String hardSigmoid() {
        double alpha = node.floatAttribute("alpha", 0.2f);
        String inside = mul(passes(y, "Greater", 0), passes(y, "Less", 1));
        return mul(mul(gradient, number(alpha)), inside);
    }

    private String passes(String value, String comparison, double limit) {
        return graph.node(
                "Cast", Map.of("to", new Attribute.IntValue(1)), graph.node(comparison, value, number(limit)));
    }

    /** The slope of x clip(x / 6 + 1 / 2, 0, 1) is 1 above 3, 0 below -3, x / 3 + 1 / 2 between. */
    private String hardSwish() {
        String inside = mul(passes(x, "Greater", -3), passes(x, "Less", 3));
        String slope = graph.node("Add", graph.node("Div", x, number(3)), number(0.5));
        return mul(gradient, graph.node("Add", passes(x, "GreaterOrEqual", 3), mul(inside, slope)));
    }

    /** {@code value}, of the shape of the output, summed over what an input was broadcast along. */
    private String summed(String value, String input) {
        long[] out = dims(y);
        long[] in = dims(input);
        int lead = out.length - in.length;
        long[] axes = IntStream.range(0, out.length)
                .filter(axis -> axis < lead || in[axis - lead] == 1 && out[axis] > 1)
                .mapToLong(axis -> axis)
                .toArray();
        String sum = axes.length == 0
                ? value
                : graph.node(
                        "ReduceSum",
                        Map.of("keepdims", new Attribute.IntValue(1)),
                        value,
                        graph.constant(Tensor.of(axes, axes.length)));
        return lead == 0 ? sum : reshaped(sum, input);
    }

    private boolean pair() {
        String b = node.input(1);
        boolean times = node.is("Mul");
        boolean by = node.is("Div");
        if (graph.wants(x)) {
            String own = times ? mul(gradient, b) : by ? graph.node("Div", gradient, b) : gradient;
            graph.add(x, summed(own, x));
        }
        if (graph.wants(b)) {
            String own = times
                    ? mul(gradient, x)
                    : by
                            ? graph.node("Neg", graph.node("Div", mul(gradient, y), b))
                            : node.is("Sub") ? graph.node("Neg", gradient) : gradient;
            graph.add(b, summed(own, b));
        }
        return true;
    }

    private String swapped(String value) {
        int rank = dims(value).length;
        long[] order = IntStream.range(0, rank).mapToLong(i -> i).toArray();
        order[rank - 1] = rank - 2;
        order[rank - 2] = rank - 1;
        return graph.node("Transpose", Map.of("perm", new Attribute.IntsValue(order)), value);
    }

    private boolean product() {
        String b = node.input(1);
        if (dims(x).length < 2 || graph.shape(b) == null || dims(b).length < 2) {
            return false;
        }
        if (graph.wants(x)) {
            graph.add(x, summedProduct(graph.node("MatMul", gradient, swapped(b)), x));
        }
        if (graph.wants(b)) {
            graph.add(b, summedProduct(graph.node("MatMul", swapped(x), gradient), b));
        }
        return true;
    }

    /** A product's gradient summed over the leading axes that an input was broadcast along. */
    private String summedProduct(String value, String input) {
        long[] out = dims(y);
        long[] in = dims(input);
        int lead = out.length - in.length;
        long[] axes = IntStream.range(0, out.length - 2)
                .filter(axis -> axis < lead || in[axis - lead] == 1 && out[axis] > 1)
                .mapToLong(axis -> axis)
                .toArray();
        return axes.length == 0
                ? value
                : reshaped(graph.node("ReduceSum", value, graph.constant(Tensor.of(axes, axes.length))), input);
    }

    /**
     * Of {@code Y = alpha A' B' + beta C}, A' and B' being A and B or their transposes: {@code dA' = alpha dY B'^T}, {@code dB' = alpha A'^T dY}, {@code dC = beta dY} summed over what C is broadcast along.
     */
    private boolean gemm() {
        String b = node.input(1);
        String c = node.input(2);
        boolean down = node.intAttribute("transA", 0) != 0;
        boolean across = node.intAttribute("transB", 0) != 0;
        if (graph.wants(x)) {
            graph.add(x, down ? gemm(b, across, gradient, true) : gemm(gradient, false, b, !across));
        }
        if (graph.wants(b)) {
            graph.add(b, across ? gemm(gradient, true, x, down) : gemm(x, !down, gradient, false));
        }
        if (graph.wants(c)) {
            float beta = node.floatAttribute("beta", 1);
            graph.add(c, summed(beta == 1 ? gradient : mul(gradient, number(beta)), c));
        }
        return true;
    }

    /** {@code alpha A' B'}, transposed or not. */
    private String gemm(String a, boolean transA, String b, boolean transB) {
        Map<String, Attribute> attributes = Map.of(
                "alpha", new Attribute.FloatValue(node.floatAttribute("alpha", 1)),
                "transA", new Attribute.IntValue(transA ? 1 : 0),
                "transB", new Attribute.IntValue(transB ? 1 : 0));
        return graph.node("Gemm", attributes, a, b);
    }

    private String transposed() {
        long[] order = node.intsAttribute("perm");
        int rank = dims(x).length;
        long[] back = new long[rank];
        for (int i = 0; i < rank; i++) {
            back[order == null ? rank - 1 - i : (int) order[i]] = i;
        }
        return graph.node("Transpose", Map.of("perm", new Attribute.IntsValue(back)), gradient);
    }

    private @Nullable String spread() {
        long[] in = dims(x);
        Tensor given = graph.constant(node.input(1));
        long[] axes = node.intsAttribute("axes");
        if (axes == null && !node.input(1).isEmpty() && given == null) {
            return null;
        }
        if (axes == null && given != null) {
            Tensor constant = given;
            axes = IntStream.range(0, given.size())
                    .mapToLong(i -> (long) constant.getDouble(i))
                    .toArray();
        }
        boolean all = axes == null || axes.length == 0;
        if (all && node.intAttribute("noop_with_empty_axes", 0) != 0) {
            return null;
        }
        long[] along = axes == null || all
                ? IntStream.range(0, in.length).mapToLong(i -> i).toArray()
                : axes;
        long[] kept = in.clone();
        long count = 1;
        for (long axis : along) {
            int at = Shape.axis(axis, in.length);
            count *= kept[at];
            kept[at] = 1;
        }
        String value = graph.node("Reshape", gradient, graph.constant(Tensor.of(kept, kept.length)));
        String whole = graph.node("Expand", value, graph.constant(Tensor.of(in, in.length)));
        return node.is("ReduceMean") ? graph.node("Div", whole, number(count)) : whole;
    }

    private @Nullable String softmax() {
        int rank = dims(x).length;
        long axis = node.intAttribute("axis", node.opset() >= 13 ? -1 : 1);
        if (node.opset() < 13 && axis != -1 && axis != rank - 1) {
            return null;
        }
        String sum = graph.node(
                "ReduceSum",
                Map.of("keepdims", new Attribute.IntValue(1)),
                mul(gradient, y),
                graph.constant(Tensor.of(new long[] {axis}, 1)));
        return mul(y, graph.node("Sub", gradient, sum));
    }

    private boolean concat() {
        int axis = Shape.axis(node.intAttribute("axis", 0), dims(y).length);
        long from = 0;
        for (String input : node.inputs()) {
            if (graph.shape(input) == null) {
                return false;
            }
            long to = from + dims(input)[axis];
            if (graph.wants(input)) {
                graph.add(
                        input,
                        graph.node(
                                "Slice",
                                gradient,
                                graph.constant(Tensor.of(new long[] {from}, 1)),
                                graph.constant(Tensor.of(new long[] {to}, 1)),
                                graph.constant(Tensor.of(new long[] {axis}, 1))));
            }
            from = to;
        }
        return true;
    }
}
