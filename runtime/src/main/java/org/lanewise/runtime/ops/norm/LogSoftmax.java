package org.lanewise.runtime.ops.norm;

import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x - ln(sum(e^x))} along an axis; before opset 13 along all axes from {@code axis} on. ONNX {@code LogSoftmax}-1, 11, 13.
 *
 * @param axis the axis
 * @param flattens whether the axes behind it belong to it
 */
public record LogSoftmax(long axis, boolean flattens) implements AlongAxis {
    /** From a node. */
    public static LogSoftmax create(NodeSpec spec) {
        spec.inputs(1, 1);
        boolean flattens = spec.opset() < 13;
        return new LogSoftmax(spec.intAttribute("axis", flattens ? 1 : -1), flattens);
    }

    @Override
    public boolean hasFloatKernel() {
        return true;
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n, int inner, int from, int to) {
        org.lanewise.kernels.norm.Softmax.logSoftmax(x, xo, y, yo, n, inner, from, to);
    }

    @Override
    public void apply(double[] x, int n) {
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, x[i]);
        }
        for (int i = 0; i < n; i++) {
            sum += Math.exp(x[i] - largest);
        }
        double log = Math.log(sum);
        for (int i = 0; i < n; i++) {
            x[i] = x[i] - largest - log;
        }
    }
}
