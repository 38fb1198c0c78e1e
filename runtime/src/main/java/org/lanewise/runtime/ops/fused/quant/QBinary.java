package org.lanewise.runtime.ops.fused.quant;

import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.kernels.quant.ByteArithmetic;
import org.lanewise.kernels.quant.ByteMul;
import org.lanewise.kernels.quant.ByteSum;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.ops.math.Elementwise;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** What {@link QAdd} and {@link QMul} share. */
final class QBinary {
    private static final int B = 3;
    private static final int Y = 6;

    /** Work on a row of the output; a step is 1, or 0 where the operand has one element for the row. */
    @FunctionalInterface
    private interface Rows {
        void run(byte[] a, int aOff, int aStep, byte[] b, int bOff, int bStep, byte[] y, int yOff, int n);
    }

    private QBinary() {}

    static boolean zeroFirst(NodeSpec spec) {
        return spec.flag("zero_first", false);
    }

    static void inferShapes(ShapeContext context) {
        Quantization.check(context, 0);
        Quantization.check(context, B);
        context.output(
                0,
                Quantization.checkOutput(context, Y),
                PartialShape.broadcast(context.inputShape(0), context.inputShape(B)));
    }

    static boolean readsAhead(int i) {
        return i != 0 && i != B;
    }

    static void run(OpContext context, ByteRange range, boolean zeroFirst, boolean sum) {
        ByteTensor a = (ByteTensor) context.input(0);
        ByteTensor b = (ByteTensor) context.input(B);
        DataType type = context.input(Y + 1).type();
        Quantization qa = Quantization.read(context, 1);
        Quantization qb = Quantization.read(context, B + 1);
        Quantization qy = Quantization.read(context, Y);
        Broadcast plan = Elementwise.plan(a.shape(), b.shape());
        ByteTensor y = (ByteTensor) context.output(0, type, Shape.of(plan.outputShape()));
        if (zeroFirst) {
            zeroFirst(context, sum, plan, a, b, y, qa, qb, qy);
            return;
        }
        boolean vector = a.type() == type && b.type() == type && plan.rowStride(0) == 1 && plan.rowStride(1) == 1;
        context.kernel((sum ? "byte-add" : "byte-mul") + (vector ? "" : "-general"));
        ByteArithmetic arithmetic = new ByteArithmetic(
                qa.scale(),
                qa.zero(),
                qb.scale(),
                qb.zero(),
                qy.scale(),
                qy.zero(),
                type == DataType.UINT8,
                range.low(type),
                range.high(type));
        Blocks.run(context, plan.size(), vector ? 100 : 5000, (from, to) -> {
            for (int p = from, n; p < to; p += n) {
                n = plan.rowLength(p, to);
                int at = y.offset() + p;
                if (!vector) {
                    general(arithmetic, sum, plan, p, n, a, b, y.array(), at);
                } else if (sum) {
                    arithmetic.add(
                            a.array(),
                            a.offset() + plan.offset(0, p),
                            b.array(),
                            b.offset() + plan.offset(1, p),
                            y.array(),
                            at,
                            n);
                } else {
                    arithmetic.mul(
                            a.array(),
                            a.offset() + plan.offset(0, p),
                            b.array(),
                            b.offset() + plan.offset(1, p),
                            y.array(),
                            at,
                            n);
                }
            }
        });
    }

    private static void zeroFirst(
            OpContext context,
            boolean sum,
            Broadcast plan,
            ByteTensor a,
            ByteTensor b,
            ByteTensor y,
            Quantization qa,
            Quantization qb,
            Quantization qy) {
        boolean unsigned = y.type() == DataType.UINT8;
        Rows rows = sum
                ? new ByteSum(qa.scale(), qa.zero(), qb.scale(), qb.zero(), qy.scale(), qy.zero(), unsigned)::run
                : new ByteMul(qa.scale(), qa.zero(), qb.scale(), qb.zero(), qy.scale(), qy.zero(), unsigned)::run;
        context.kernel(sum ? "byte-sum" : "byte-product");
        boolean vector = plan.rowStride(0) == 1 && plan.rowStride(1) == 1;
        Blocks.run(context, plan.size(), vector ? 100 : 5000, (from, to) -> {
            for (int p = from, n; p < to; p += n) {
                n = plan.rowLength(p, to);
                rows.run(
                        a.array(),
                        a.offset() + plan.offset(0, p),
                        plan.rowStride(0),
                        b.array(),
                        b.offset() + plan.offset(1, p),
                        plan.rowStride(1),
                        y.array(),
                        y.offset() + p,
                        n);
            }
        });
    }

    /** Operands of different types, or one that is repeated along the row: rare. */
    private static void general(
            ByteArithmetic f, boolean sum, Broadcast plan, int p, int n, Tensor a, Tensor b, byte[] y, int yOff) {
        int aAt = plan.offset(0, p);
        int bAt = plan.offset(1, p);
        for (int i = 0; i < n; i++) {
            long va = a.getLong(aAt + i * plan.rowStride(0)) - f.aZero();
            long vb = b.getLong(bAt + i * plan.rowStride(1)) - f.bZero();
            float steps = sum
                    ? va * (f.aScale() / f.yScale()) + vb * (f.bScale() / f.yScale())
                    : va * vb * (f.aScale() * f.bScale() / f.yScale());
            y[yOff + i] = (byte) Math.clamp(Math.rint(steps) + f.yZero(), f.lo(), f.hi());
        }
    }
}
