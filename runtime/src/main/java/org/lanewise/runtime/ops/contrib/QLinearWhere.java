package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.ops.math.Elementwise;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * {@code Z = condition ? X : Y}, element by element with broadcasting, X and Y requantized to the output's scale and zero point. Inputs: condition ({@code BOOL}), X, its scale and
 * zero point, Y, its scale and zero point, the output's scale and zero point; X, Y and Z all {@code UINT8} or all {@code INT8}. {@code com.microsoft.QLinearWhere}-1.
 */
public record QLinearWhere() implements Operator, Repeatable {
    private static final int X = 1;
    private static final int Y = 4;
    private static final int Z_SCALE = 7;
    private static final int INPUTS = 9;

    /** From a node. */
    public static QLinearWhere create(NodeSpec spec) {
        spec.inputs(INPUTS, INPUTS);
        return new QLinearWhere();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Types.BOOLEAN);
        DataType type = Types.check(context, X, QuantizedTypes.BYTES);
        Types.check(context, Y, Set.of(type));
        PerTensor.check(context, X + 1, X + 2, type);
        PerTensor.check(context, Y + 1, Y + 2, type);
        PerTensor.check(context, Z_SCALE, Z_SCALE + 1, type);
        PartialShape values = PartialShape.broadcast(context.inputShape(X), context.inputShape(Y));
        context.output(0, type, PartialShape.broadcast(context.inputShape(0), values));
    }

    @Override
    public boolean readsAhead(int i) {
        return i != 0 && i != X && i != Y;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor condition = (ByteTensor) context.input(0);
        ByteTensor x = (ByteTensor) context.input(X);
        ByteTensor y = (ByteTensor) context.input(Y);
        boolean unsigned = x.type().isUnsigned();
        PerTensor out = PerTensor.read(context, Z_SCALE, Z_SCALE + 1);
        byte[] xs = out.quantized(PerTensor.read(context, X + 1, X + 2).values(unsigned), unsigned);
        byte[] ys = out.quantized(PerTensor.read(context, Y + 1, Y + 2).values(unsigned), unsigned);
        Broadcast plan = Elementwise.plan(condition.shape(), x.shape(), y.shape());
        ByteTensor z = (ByteTensor) context.output(0, x.type(), Shape.of(plan.outputShape()));
        int cStep = plan.rowStride(0);
        int xStep = plan.rowStride(1);
        int yStep = plan.rowStride(2);
        Blocks.run(context, plan.size(), 1000, (from, to) -> {
            for (int p = from, n; p < to; p += n) {
                n = plan.rowLength(p, to);
                int c = condition.offset() + plan.offset(0, p);
                int xi = x.offset() + plan.offset(1, p);
                int yi = y.offset() + plan.offset(2, p);
                int zi = z.offset() + p;
                for (int i = 0; i < n; i++) {
                    z.array()[zi + i] = condition.array()[c + i * cStep] != 0
                            ? xs[x.array()[xi + i * xStep] & 0xff]
                            : ys[y.array()[yi + i * yStep] & 0xff];
                }
            }
        });
    }
}
