package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * {@code y = a << b} or {@code a >> b}, with the sign shifted in from above; all bits are shifted out where b is negative or not below the width. ONNX {@code BitShift}-11, 28; signed integers since 28.
 *
 * @param alignment how b is laid over a
 * @param left whether to shift to higher bits
 */
public record BitShift(Alignment alignment, boolean left) implements Binary {
    /** From a node. */
    public static BitShift create(NodeSpec spec) {
        spec.inputs(2, 2);
        String direction = spec.stringAttribute("direction", "");
        if (!direction.equals("LEFT") && !direction.equals("RIGHT")) {
            throw spec.refuse("attribute 'direction' is '" + direction + "', expected LEFT or RIGHT");
        }
        return new BitShift(new Alignment.Numpy(), direction.equals("LEFT"));
    }

    @Override
    public BinaryOp op() {
        return left ? BinaryOp.SHIFT_LEFT : BinaryOp.SHIFT_RIGHT;
    }

    @Override
    public Set<DataType> types() {
        return Types.INTEGER;
    }
}
