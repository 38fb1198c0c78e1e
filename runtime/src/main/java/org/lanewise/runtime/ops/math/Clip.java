package org.lanewise.runtime.ops.math;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = min(max(x, min), max)}: max wins where it is below min; NaN stays NaN. A bound that is not given does not limit. ONNX {@code Clip}-1, 6 with the bounds
 * as attributes, 11, 12, 13 as inputs.
 *
 * @param min the lower bound of opset 6 and older
 * @param max the upper bound of opset 6 and older
 */
public record Clip(float min, float max) implements Operator, InPlace, ComputesInFloat, Repeatable {
    /** From a node. */
    public static Clip create(NodeSpec spec) {
        if (spec.opset() >= 11) {
            spec.inputs(1, 3);
            return new Clip(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
        }
        Unary.read(spec);
        return new Clip(
                spec.floatAttribute("min", Float.NEGATIVE_INFINITY),
                spec.floatAttribute("max", Float.POSITIVE_INFINITY));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.NUMERIC);
        for (int i = 1; i < context.inputCount(); i++) {
            if (context.hasInput(i)) {
                Types.same(context, i, 0);
                PartialShape shape = context.inputShape(i);
                if (shape.isKnown() && shape.size() != 1) {
                    throw new IllegalArgumentException(
                            (i == 1 ? "min" : "max") + " has shape " + shape + ", expected a scalar");
                }
            }
        }
        context.output(0, type, context.inputShape(0));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor low = context.inputCount() > 1 ? context.optionalInput(1) : null;
        Tensor high = context.inputCount() > 2 ? context.optionalInput(2) : null;
        Tensor out = context.output(0, in.type(), in.shape());
        if (in.type().isInteger()) {
            clipLongs(context, in, low, high, out);
            return;
        }
        double from = low == null ? min : low.scalarDouble();
        double to = high == null ? max : high.scalarDouble();
        Blocks.run(context, in.size(), 200, (begin, end) -> {
            if (in instanceof FloatTensor x) {
                FloatTensor y = (FloatTensor) out;
                FloatActivations.clip(
                        x.array(), x.offset() + begin, y.array(), y.offset() + begin, end - begin, (float) from, (float)
                                to);
            } else {
                DoubleTensor y = (DoubleTensor) out;
                for (int i = begin; i < end; i++) {
                    y.array()[y.offset() + i] = Math.min(Math.max(in.getDouble(i), from), to);
                }
            }
        });
    }

    private static void clipLongs(
            OpContext context, Tensor in, @Nullable Tensor low, @Nullable Tensor high, Tensor out) {
        long flip = in.type() == DataType.UINT64 ? Long.MIN_VALUE : 0; // maps the unsigned order to the signed one
        long from = low == null ? Long.MIN_VALUE : low.scalarLong() ^ flip;
        long to = high == null ? Long.MAX_VALUE : high.scalarLong() ^ flip;
        Blocks.run(context, in.size(), 2000, (begin, end) -> {
            long[] values = new long[Math.min(end - begin, Elements.RUN)];
            for (int at = begin; at < end; at += values.length) {
                int n = Math.min(values.length, end - at);
                Elements.read(in, at, 1, values, n);
                for (int i = 0; i < n; i++) {
                    values[i] = Math.min(Math.max(values[i] ^ flip, from), to) ^ flip;
                }
                Elements.write(values, out, at, n);
            }
        });
    }
}
