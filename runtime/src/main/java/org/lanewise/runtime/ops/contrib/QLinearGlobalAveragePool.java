package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.GlobalShapes;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Mean of all pixels of each channel of a quantized tensor: (N, C, I1..Ir) gives (N, C, 1..1), with {@code channels_last} (N, I1..Ir, C) gives (N, 1..1, C); {@code UINT8} or {@code INT8}. The sum of
 * the bytes is exact, {@link ByteMean} has the formula. {@code com.microsoft.QLinearGlobalAveragePool}-1.
 *
 * @param channelsLast where the channels are
 */
public record QLinearGlobalAveragePool(boolean channelsLast) implements Operator, Repeatable {
    private static final int Y_SCALE = 3;

    /** From a node. */
    public static QLinearGlobalAveragePool create(NodeSpec spec) {
        spec.inputs(Y_SCALE + 2, Y_SCALE + 2);
        return new QLinearGlobalAveragePool(spec.flag("channels_last", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        PerTensor.check(context, 1, 2, type);
        PerTensor.check(context, Y_SCALE, Y_SCALE + 1, type);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() < 3) {
            throw new IllegalArgumentException(
                    "input X has shape " + x + ", expected (N, C, I1..Ir) with one spatial axis or more");
        }
        if (x.isRanked()) {
            long[] dims = x.toArray();
            Arrays.fill(dims, channelsLast ? 1 : 2, channelsLast ? dims.length - 1 : dims.length, 1);
            x = PartialShape.of(dims);
        }
        context.output(0, type, x);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        boolean[] reduced = new boolean[x.shape().rank()];
        Arrays.fill(reduced, channelsLast ? 1 : 2, channelsLast ? reduced.length - 1 : reduced.length, true);
        ByteTensor y = (ByteTensor) context.output(0, x.type(), GlobalShapes.output(x.shape(), channelsLast));
        PerTensor out = PerTensor.read(context, Y_SCALE, Y_SCALE + 1);
        ByteMean.run(context, x, PerTensor.read(context, 1, 2), reduced, y, out);
    }
}
