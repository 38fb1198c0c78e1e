package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.kernels.elementwise.Broadcast;
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
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code z = x^y}, of the type of x; y may have another type. Between integers exact, cut to the type's width; an integer to a negative power is cut towards
 * zero. ONNX {@code Pow}-1, 7, 12, 13, 15.
 *
 * @param alignment how y is laid over x
 */
public record Pow(Alignment alignment) implements Operator, Repeatable {
    /** From a node. */
    public static Pow create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Pow(Alignment.of(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.NUMERIC);
        Types.check(context, 1, Types.NUMERIC);
        PartialShape x = context.inputShape(0);
        context.output(0, type, PartialShape.broadcast(x, alignment.align(x, context.inputShape(1))));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor y = context.input(1);
        Broadcast plan = Elementwise.plan(x.shape(), alignment.align(x.shape(), y.shape()));
        Tensor z = context.output(0, x.type(), Shape.of(plan.outputShape()));
        if (x instanceof FloatTensor && y.size() == 1 && y.getDouble(0) == 2) {
            Elementwise.binary(
                    context, BinaryOp.MUL, Elementwise.plan(z.shape(), z.shape()), x, x, z); // layer normalization
        } else if (x.type() == y.type() && (x instanceof FloatTensor || x instanceof DoubleTensor)) {
            Elementwise.binary(context, BinaryOp.POW, plan, x, y, z);
        } else {
            Blocks.run(context, plan.size(), 20_000, (from, to) -> {
                for (int p = from, n; p < to; p += n) {
                    n = plan.rowLength(p, to);
                    row(x, plan.offset(0, p), plan.rowStride(0), y, plan.offset(1, p), plan.rowStride(1), z, p, n);
                }
            });
        }
    }

    private static void row(Tensor x, int xo, int xs, Tensor y, int yo, int ys, Tensor z, int zo, int n) {
        if (x.type().isInteger() && y.type().isInteger()) {
            integers(x, xo, xs, y, yo, ys, z, zo, n);
        } else {
            floating(x, xo, xs, y, yo, ys, z, zo, n);
        }
    }

    private static void floating(Tensor x, int xo, int xs, Tensor y, int yo, int ys, Tensor z, int zo, int n) {
        double[] base = new double[Math.min(n, Elements.RUN)];
        double[] exponent = new double[base.length];
        for (int from = 0; from < n; from += base.length) {
            int count = Math.min(base.length, n - from);
            Elements.read(x, xo + from * xs, xs, base, count);
            Elements.read(y, yo + from * ys, ys, exponent, count);
            for (int i = 0; i < count; i++) {
                base[i] = Math.pow(base[i], exponent[i]);
            }
            Elements.write(base, z, zo + from, count);
        }
    }

    private static void integers(Tensor x, int xo, int xs, Tensor y, int yo, int ys, Tensor z, int zo, int n) {
        boolean unsigned = y.type() == DataType.UINT64;
        long[] base = new long[Math.min(n, Elements.RUN)];
        long[] exponent = new long[base.length];
        for (int from = 0; from < n; from += base.length) {
            int count = Math.min(base.length, n - from);
            Elements.read(x, xo + from * xs, xs, base, count);
            Elements.read(y, yo + from * ys, ys, exponent, count);
            for (int i = 0; i < count; i++) {
                base[i] = exponent[i] < 0 && !unsigned
                        ? (long) Math.pow(base[i], exponent[i])
                        : power(base[i], exponent[i]);
            }
            Elements.write(base, z, zo + from, count);
        }
    }

    /** Modulo 2^64; the exponent is unsigned. */
    private static long power(long base, long exponent) {
        long result = 1;
        for (long square = base, rest = exponent; rest != 0; rest >>>= 1, square *= square) {
            result *= (rest & 1) != 0 ? square : 1;
        }
        return result;
    }
}
