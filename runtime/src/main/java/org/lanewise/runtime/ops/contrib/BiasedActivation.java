package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.math.Unary;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;

/** {@code y = f(x + bias)} with a bias for the last axis, or none. */
final class BiasedActivation {
    private BiasedActivation() {}

    static void infer(ShapeContext context) {
        DataType type = Checks.floats(context);
        PartialShape x = context.inputShape(0);
        if (context.inputCount() > 1 && context.hasInput(1)) {
            Types.same(context, 1, 0);
            PartialShape bias = context.inputShape(1);
            boolean fits = !bias.isRanked() || bias.rank() == 1;
            fits = fits && (!x.isRanked() || bias.dim(0) < 0 || x.dim(-1) < 0 || x.dim(-1) == bias.dim(0));
            if (!fits) {
                throw new IllegalArgumentException(
                        "bias has shape " + bias + ", expected one value for each of the last axis of " + x);
            }
        }
        context.output(0, type, x);
    }

    static void run(OpContext context, Unary f) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor bias = context.inputCount() > 1 ? (FloatTensor) context.optionalInput(1) : null;
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, x.shape());
        int n = x.shape().rank() == 0 ? 1 : x.shape().dim(-1);
        if (bias != null && bias.size() != n) {
            throw new IllegalArgumentException("bias has shape " + bias.shape() + ", expected [" + n + "]");
        }
        int rows = n == 0 ? 0 : x.size() / n;
        context.parallel(rows, 1 + (long) n * f.picos() / 1000, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                int xo = x.offset() + row * n;
                int yo = y.offset() + row * n;
                if (bias == null) {
                    f.apply(x.array(), xo, y.array(), yo, n);
                } else {
                    for (int i = 0; i < n; i++) {
                        y.array()[yo + i] = x.array()[xo + i] + bias.array()[bias.offset() + i];
                    }
                    f.apply(y.array(), yo, y.array(), yo, n);
                }
            }
        });
    }
}
