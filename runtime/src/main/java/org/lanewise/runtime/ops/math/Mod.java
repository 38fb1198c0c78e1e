package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The remainder of {@code a / b}: with the sign of b, as in Python, or with {@code fmod} that of a, as in C. ONNX {@code Mod}-10, 13, 28.
 *
 * @param alignment how b is laid over a
 * @param fmod whether the result has the sign of a
 */
public record Mod(Alignment alignment, boolean fmod) implements Binary {
    /** From a node. */
    public static Mod create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Mod(new Alignment.Numpy(), spec.flag("fmod", false));
    }

    @Override
    public BinaryOp op() {
        return fmod ? BinaryOp.FMOD : BinaryOp.MOD;
    }
}
