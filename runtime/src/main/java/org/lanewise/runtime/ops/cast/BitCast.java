package org.lanewise.runtime.ops.cast;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The same bits as elements of another type of the same width. ONNX {@code BitCast}-26.
 *
 * @param to the type of the output
 */
public record BitCast(DataType to) implements Operator {
    /** From a node. */
    public static BitCast create(NodeSpec spec) {
        spec.inputs(1, 1);
        DataType to = TargetType.read(spec);
        if (to == DataType.STRING) {
            throw spec.refuse("attribute 'to' is string, which has no bits");
        }
        return new BitCast(to);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType from = context.inputType(0);
        Conversion.check(context, 0);
        if (from.bits() != to.bits()) {
            throw new IllegalArgumentException("input 0 is " + from.onnxName() + " of " + from.bits() + " bits, "
                    + to.onnxName() + " has " + to.bits());
        }
        context.output(0, to, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor out = context.output(0, to, in.shape());
        if (in.type().storage() == to.storage()) {
            out.copyFrom(0, in, 0, in.size());
            if (in.type().bits() < 8) {
                extendSigns((byte[]) out.storage(), out.offset(), out.size());
            }
            return;
        }
        for (int i = 0; i < in.size(); i++) {
            switch (in) {
                case FloatTensor x -> ((IntTensor) out).array()[out.offset() + i] = Float.floatToRawIntBits(x.get(i));
                case IntTensor x -> ((FloatTensor) out).array()[out.offset() + i] = Float.intBitsToFloat(x.get(i));
                case DoubleTensor x ->
                    ((LongTensor) out).array()[out.offset() + i] = Double.doubleToRawLongBits(x.get(i));
                case LongTensor x -> ((DoubleTensor) out).array()[out.offset() + i] = Double.longBitsToDouble(x.get(i));
                default ->
                    throw new IllegalStateException("no storage of " + in.type() + " differs from that of " + to);
            }
        }
    }

    /** Signed types narrower than a byte are stored with their sign extended, the others with zeros above. */
    private void extendSigns(byte[] values, int from, int n) {
        int unused = 32 - to.bits();
        boolean signed = to.isInteger() && !to.isUnsigned();
        for (int i = from; i < from + n; i++) {
            values[i] = (byte) (signed ? values[i] << unused >> unused : values[i] << unused >>> unused);
        }
    }
}
