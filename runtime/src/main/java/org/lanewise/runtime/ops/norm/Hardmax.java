package org.lanewise.runtime.ops.norm;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;

/**
 * 1 at the first of the largest elements, else 0 along an axis; before opset 13 along all axes from {@code axis} on. ONNX {@code Hardmax}-1, 11, 13.
 *
 * @param axis the axis
 * @param flattens whether the axes behind it belong to it
 */
public record Hardmax(long axis, boolean flattens) implements AlongAxis {
    /** From a node. */
    public static Hardmax create(NodeSpec spec) {
        spec.inputs(1, 1);
        boolean flattens = spec.opset() < 13;
        return new Hardmax(spec.intAttribute("axis", flattens ? 1 : -1), flattens);
    }

    @Override
    public void apply(double[] x, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            best = x[i] > x[best] ? i : best;
        }
        Arrays.fill(x, 0, n, 0);
        x[best] = 1;
    }
}
