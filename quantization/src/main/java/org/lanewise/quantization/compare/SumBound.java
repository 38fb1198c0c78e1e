package org.lanewise.quantization.compare;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * How large the integer sums of a layer can become, whatever its input is. With activations x of 8 bits and zero point zx, weights w with zero points zw, and output channels n,
 *
 * <pre>{@code
 * |sum over k of (x[k] - zx) (w[n, k] - zw[n]) + bias[n]|  <=  max |x - zx| * sum over k of |w[n, k] - zw[n]| + |bias[n]|
 * }</pre>
 *
 * The right side, the greatest over n, is {@link #largest}. Where it is below 2^31 no sum of 32 bits can overflow, nor can a part of one, since the parts of the right side only grow: saturated sums are
 * impossible, not just unseen. (Kernels that first add in 16 bits do so over runs that the same inequality, with 2^15, allows.)
 *
 * @param largest the bound
 */
public record SumBound(long largest) {
    private static final int BITS = 8;
    private static final int CODES = 1 << BITS;

    /** Whether a sum of 32 bits holds every value that can come up. */
    public boolean fitsInt32() {
        return largest <= Integer.MAX_VALUE;
    }

    /** Bits that the largest sum takes, without the sign: 31 are there. */
    public double bits() {
        return largest == 0 ? 0 : Math.log((double) largest) / Math.log(2);
    }

    /** The bound of a node's sums; {@code null} if it does not multiply codes of 8 bits with constant ones. */
    static @Nullable SumBound of(GraphIndex graph, Node node, OperatorForm form) {
        LayerWeights.Stored weights = LayerWeights.stored(graph, node, form, form.weight());
        boolean matrix = form.operator().equals("MatMul");
        if (weights == null
                || !isCode(weights.values().type())
                || node.opType().equals("MatMulNBits")
                || !matrix && !form.operator().equals("Conv")) {
            return null;
        }
        int reach = reach(graph, node, form);
        if (reach < 0) {
            return null;
        }
        Shape shape = weights.values().shape();
        boolean rows = !matrix || node.intAttribute("transB", 0) != 0;
        int outputs = shape.rank() == 0 ? 1 : rows ? shape.dim(0) : shape.dim(-1);
        int depth = Math.max(1, shape.size() / Math.max(1, outputs));
        // Several matrices in a batch: their sums are apart, adding them up only loosens the bound
        long[] sums = new long[outputs];
        for (int i = 0; i < shape.size(); i++) {
            sums[rows ? i / depth : i % outputs] += Math.abs(weights.values().getLong(i) - weights.zeroPoint(i));
        }
        Bias bias = Bias.of(graph, node, weights);
        long largest = 0;
        for (int n = 0; n < outputs; n++) {
            largest = Math.max(largest, reach * sums[n] + bias.size(n));
        }
        return new SumBound(largest);
    }

    private static boolean isCode(@Nullable DataType type) {
        return type != null && type.isInteger() && type.bits() <= BITS;
    }

    /** The greatest |x - zx|, -1 if x is not made of codes of 8 bits. */
    private static int reach(GraphIndex graph, Node node, OperatorForm form) {
        if (node.opType().equals("DynamicQuantizeMatMul")) {
            return CODES - 1;
        }
        String codes = node.input(0);
        String zero = form.inputZero() < 0 ? "" : node.input(form.inputZero());
        if (form.inputZero() < 0) {
            Node producer = graph.producer(codes);
            if (producer == null || !producer.is("DequantizeLinear")) {
                return -1;
            }
            codes = producer.input(0);
            zero = producer.input(2);
        }
        DataType type = graph.types().elementType(codes);
        if (!isCode(type) || type == null) {
            return -1;
        }
        Tensor zeros = graph.constant(zero);
        if (zeros == null) {
            return zero.isEmpty() ? (type.isUnsigned() ? CODES - 1 : CODES / 2) : CODES - 1;
        }
        int low = type.isUnsigned() ? 0 : -CODES / 2;
        int reach = 0;
        for (int point : zeros.toIntArray()) {
            reach = Math.max(reach, Math.max(point - low, low + CODES - 1 - point));
        }
        return reach;
    }

    /**
     * A layer's bias in units of its integer sums.
     *
     * @param values the bias, {@code null} if there is none
     * @param units what a unit is: one for all outputs or one for each; {@code null} for a bias of integers
     */
    private record Bias(@Nullable Tensor values, double @Nullable [] units) {
        static Bias of(GraphIndex graph, Node node, LayerWeights.Stored weights) {
            if (node.opType().equals("QLinearConv")) {
                return new Bias(graph.constant(node.input(8)), null);
            }
            if (node.opType().equals("QGemm")) {
                return new Bias(graph.constant(node.input(6)), null);
            }
            String name = node.input(2);
            Node input = graph.producer(node.input(0));
            float[] scales = weights.scales();
            Tensor step = input == null ? null : graph.constant(input.input(1));
            if (name.isEmpty() || scales == null || step == null || step.size() != 1) {
                return new Bias(null, null);
            }
            Node producer = graph.producer(name);
            if (producer != null && producer.is("DequantizeLinear")) {
                return new Bias(graph.constant(producer.input(0)), null);
            }
            double[] units = new double[scales.length];
            for (int i = 0; i < units.length; i++) {
                units[i] = step.getDouble(0) * scales[i];
            }
            return new Bias(graph.constant(name), units);
        }

        long size(int n) {
            if (values == null || values.size() == 0) {
                return 0;
            }
            double value = Math.abs(values.getDouble(n % values.size()));
            return (long) Math.ceil(units == null ? value : value / units[n % units.length]);
        }
    }
}
