package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** The sum of the inputs divided by their number. ONNX {@code Mean}-1, 6, 8, 13. */
public record Mean() implements Variadic {
    /** From a node. */
    public static Mean create(NodeSpec spec) {
        Variadic.read(spec);
        return new Mean();
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.ADD;
    }

    @Override
    public Set<DataType> types() {
        return Types.FLOATING;
    }

    @Override
    public void finish(OpContext context, Tensor out, int inputs) {
        Blocks.run(context, out.size(), 200, (from, to) -> {
            for (int i = from + out.offset(); i < to + out.offset(); i++) {
                if (out instanceof FloatTensor y) {
                    y.array()[i] /= inputs;
                } else {
                    ((DoubleTensor) out).array()[i] /= inputs;
                }
            }
        });
    }
}
