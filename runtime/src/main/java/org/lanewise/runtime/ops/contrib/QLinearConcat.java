package org.lanewise.runtime.ops.contrib;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.ByteTable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.ops.shape.Concat;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Joins quantized tensors along one axis, each requantized to the output's scale and zero point; what has them already is copied. Inputs: the output's scale and zero point, then a
 * tensor, its scale and its zero point for each part, all tensors of the type of the zero point, {@code UINT8} or {@code INT8}. {@code com.microsoft.QLinearConcat}-1.
 *
 * @param axis the axis
 */
public record QLinearConcat(long axis) implements Operator, Prepacks, Repeatable {
    private static final int FIRST = 2;
    private static final int STEP = 3;

    /** From a node. */
    public static QLinearConcat create(NodeSpec spec) {
        spec.inputs(FIRST + STEP, Integer.MAX_VALUE);
        if ((spec.inputCount() - FIRST) % STEP != 0) {
            throw spec.refuse("has " + spec.inputCount() + " inputs, expected 2 and then 3 for each part");
        }
        spec.inputs(spec.inputCount(), spec.inputCount());
        return new QLinearConcat(spec.requiredInt("axis"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 1, QuantizedTypes.BYTES);
        PerTensor.check(context, 0, 1, type);
        List<PartialShape> shapes = new ArrayList<>();
        for (int i = FIRST; i < context.inputCount(); i += STEP) {
            Types.check(context, i, Set.of(type));
            PerTensor.check(context, i + 1, i + 2, type);
            shapes.add(context.inputShape(i));
        }
        context.output(0, type, Concat.joined(shapes, axis));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        PerTensor y = PerTensor.constant(context, 0, 1);
        List<PerTensor> parts = new ArrayList<>();
        for (int i = FIRST; i < context.inputCount(); i += STEP) {
            PerTensor part = PerTensor.constant(context, i + 1, i + 2);
            if (part == null || y == null) {
                return null;
            }
            parts.add(part);
        }
        return y == null
                ? null
                : new Packed(tables(y, parts, context.inputType(1).isUnsigned()), Set.of());
    }

    private static byte[][] tables(PerTensor y, List<PerTensor> parts, boolean unsigned) {
        byte[][] tables = new byte[parts.size()][];
        for (int i = 0; i < tables.length; i++) {
            PerTensor part = parts.get(i);
            tables[i] = part.equals(y) ? new byte[0] : y.quantized(part.values(unsigned), unsigned);
        }
        return tables;
    }

    @Override
    public boolean readsAhead(int i) {
        return i < FIRST || (i - FIRST) % STEP != 0;
    }

    @Override
    public void run(OpContext context) {
        List<ByteTensor> inputs = new ArrayList<>();
        List<PartialShape> shapes = new ArrayList<>();
        for (int i = FIRST; i < context.inputCount(); i += STEP) {
            inputs.add((ByteTensor) context.input(i));
            shapes.add(PartialShape.of(context.input(i).shape()));
        }
        byte[][] tables = context.packed() instanceof byte[][] packed ? packed : tables(context);
        Shape shape = Concat.joined(shapes, axis).toShape();
        ByteTensor y = (ByteTensor) context.output(0, inputs.getFirst().type(), shape);
        int at = shape.axis(axis);
        int outer = shape.sizeBetween(0, at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        int row = shape.dim(at) * inner;
        context.parallel(outer, 1 + row / 2, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int out = y.offset() + i * row;
                for (int part = 0; part < tables.length; part++) {
                    ByteTensor x = inputs.get(part);
                    int count = x.shape().dim(at) * inner;
                    int in = x.offset() + i * count;
                    if (tables[part].length == 0) {
                        System.arraycopy(x.array(), in, y.array(), out, count);
                    } else {
                        ByteTable.apply(tables[part], x.array(), in, y.array(), out, count);
                    }
                    out += count;
                }
            }
        });
    }

    private static byte[][] tables(OpContext context) {
        List<PerTensor> parts = new ArrayList<>();
        for (int i = FIRST; i < context.inputCount(); i += STEP) {
            parts.add(PerTensor.read(context, i + 1, i + 2));
        }
        return tables(
                PerTensor.read(context, 0, 1), parts, context.input(1).type().isUnsigned());
    }
}
