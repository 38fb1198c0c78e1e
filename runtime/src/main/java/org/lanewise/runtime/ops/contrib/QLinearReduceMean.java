package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Mean of a quantized tensor along {@code axes}, all where none are given, {@code UINT8} or {@code INT8}. The sum of the bytes is exact, {@link ByteMean} has the formula. ONNX Runtime 1.29 documents the
 * operator and has no kernel for it. {@code com.microsoft.QLinearReduceMean}-1.
 *
 * @param axes the axes, or {@code null}
 * @param keepDims whether reduced dimensions stay as 1
 */
public record QLinearReduceMean(long @Nullable [] axes, boolean keepDims) implements Operator, Repeatable {
    private static final int Y_SCALE = 3;

    /** From a node. */
    public static QLinearReduceMean create(NodeSpec spec) {
        Checks.inputs(spec, 4, 5, 2);
        return new QLinearReduceMean(spec.intsAttribute("axes"), spec.flag("keepdims", true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        PerTensor.check(context, 1, 2, type);
        PerTensor.check(context, Y_SCALE, Y_SCALE + 1, type);
        PartialShape x = context.inputShape(0);
        context.output(0, type, x.isRanked() ? PartialShape.of(dims(x.toArray(), reduced(x.rank()))) : x);
    }

    private boolean[] reduced(int rank) {
        boolean[] reduced = new boolean[rank];
        if (axes == null || axes.length == 0) {
            Arrays.fill(reduced, true);
            return reduced;
        }
        for (long axis : axes) {
            reduced[Shape.axis(axis, rank)] = true;
        }
        return reduced;
    }

    private long[] dims(long[] in, boolean[] reduced) {
        long[] out = new long[in.length];
        int count = 0;
        for (int i = 0; i < in.length; i++) {
            if (!reduced[i] || keepDims) {
                out[count++] = reduced[i] ? 1 : in[i];
            }
        }
        return Arrays.copyOf(out, count);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        boolean[] reduced = reduced(x.shape().rank());
        Shape shape = Shape.of(dims(x.shape().toLongArray(), reduced));
        ByteTensor y = (ByteTensor) context.output(0, x.type(), shape);
        PerTensor out = PerTensor.read(context, Y_SCALE, Y_SCALE + 1);
        ByteMean.run(context, x, PerTensor.read(context, 1, 2), reduced, y, out);
    }
}
