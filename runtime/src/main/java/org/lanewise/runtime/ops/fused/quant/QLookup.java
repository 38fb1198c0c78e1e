package org.lanewise.runtime.ops.fused.quant;

import java.util.Arrays;
import org.lanewise.kernels.quant.ByteTable;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;

/**
 * {@code y = table[x & 255]}: any function of one byte. Inputs X and the table, 256 bytes of the type of the output, in the order of the bits of x. {@code org.lanewise.QLookup}, made by passes.
 */
public record QLookup() implements Operator, Repeatable, InPlace {
    private static final int SIZE = 256;

    /** From a node. */
    public static QLookup create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new QLookup();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Quantization.BYTES);
        if (context.inputShape(1).isKnown() && context.inputShape(1).size() != SIZE) {
            throw new IllegalArgumentException(
                    "the table has shape " + context.inputShape(1) + ", expected [" + SIZE + "]");
        }
        context.output(0, Types.check(context, 1, Quantization.BYTES), context.inputShape(0));
    }

    @Override
    public boolean readsAhead(int i) {
        return i == 1;
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        ByteTensor table = (ByteTensor) context.input(1);
        ByteTensor y = (ByteTensor) context.output(0, table.type(), x.shape());
        byte[] entries = Arrays.copyOfRange(table.array(), table.offset(), table.offset() + SIZE);
        context.kernel("byte-table");
        Blocks.run(context, x.shape().size(), 500, (from, to) -> {
            ByteTable.apply(entries, x.array(), x.offset() + from, y.array(), y.offset() + from, to - from);
        });
    }
}
