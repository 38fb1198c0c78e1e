package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.kernels.elementwise.ByteElementwise;
import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.kernels.elementwise.DoubleElementwise;
import org.lanewise.kernels.elementwise.FloatElementwise;
import org.lanewise.kernels.elementwise.IntElementwise;
import org.lanewise.kernels.elementwise.LongElementwise;
import org.lanewise.kernels.elementwise.ShortElementwise;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Binary operations and comparisons of broadcast tensors: picks the kernel of the element type and splits the work. */
public final class Elementwise {
    private Elementwise() {}

    /** How tensors of these shapes meet. */
    public static Broadcast plan(Shape... shapes) {
        int[][] dims = new int[shapes.length][];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shapes[i].toArray();
        }
        return Broadcast.of(dims);
    }

    /** {@code out = a op b}; all are of one type, and {@code out} may share memory with an operand of its shape. */
    public static void binary(OpContext context, BinaryOp op, Broadcast plan, Tensor a, Tensor b, Tensor out) {
        Blocks.run(context, plan.size(), picos(op, out), (from, to) -> binary(op, plan, a, b, out, from, to));
    }

    /** {@code out = a op b ? 1 : 0}; both are of one type. */
    public static void compare(OpContext context, Comparison op, Broadcast plan, Tensor a, Tensor b, ByteTensor out) {
        Blocks.run(context, plan.size(), 500, (from, to) -> compare(op, plan, a, b, out, from, to));
    }

    private static void binary(BinaryOp op, Broadcast plan, Tensor a, Tensor b, Tensor out, int from, int to) {
        int ao = a.offset();
        int bo = b.offset();
        int yo = out.offset();
        boolean unsigned = out.type().isUnsigned();
        switch (out) {
            case FloatTensor y ->
                FloatElementwise.binary(
                        op,
                        plan,
                        ((FloatTensor) a).array(),
                        ao,
                        ((FloatTensor) b).array(),
                        bo,
                        y.array(),
                        yo,
                        from,
                        to);
            case DoubleTensor y ->
                DoubleElementwise.binary(
                        op,
                        plan,
                        ((DoubleTensor) a).array(),
                        ao,
                        ((DoubleTensor) b).array(),
                        bo,
                        y.array(),
                        yo,
                        from,
                        to);
            case LongTensor y ->
                LongElementwise.binary(
                        op,
                        unsigned,
                        plan,
                        ((LongTensor) a).array(),
                        ao,
                        ((LongTensor) b).array(),
                        bo,
                        y.array(),
                        yo,
                        from,
                        to);
            case IntTensor y ->
                IntElementwise.binary(
                        op,
                        unsigned,
                        plan,
                        ((IntTensor) a).array(),
                        ao,
                        ((IntTensor) b).array(),
                        bo,
                        y.array(),
                        yo,
                        from,
                        to);
            case ShortTensor y ->
                ShortElementwise.binary(
                        op,
                        unsigned,
                        plan,
                        ((ShortTensor) a).array(),
                        ao,
                        ((ShortTensor) b).array(),
                        bo,
                        y.array(),
                        yo,
                        from,
                        to);
            case ByteTensor y ->
                ByteElementwise.binary(
                        op,
                        unsigned,
                        plan,
                        ((ByteTensor) a).array(),
                        ao,
                        ((ByteTensor) b).array(),
                        bo,
                        y.array(),
                        yo,
                        from,
                        to);
            case StringTensor text -> throw new IllegalArgumentException(text + " has no " + op);
        }
    }

    private static void compare(Comparison op, Broadcast plan, Tensor a, Tensor b, ByteTensor out, int from, int to) {
        int ao = a.offset();
        int bo = b.offset();
        byte[] y = out.array();
        int yo = out.offset();
        boolean unsigned = a.type().isUnsigned();
        switch (a) {
            case FloatTensor x ->
                FloatElementwise.compare(op, plan, x.array(), ao, ((FloatTensor) b).array(), bo, y, yo, from, to);
            case DoubleTensor x ->
                DoubleElementwise.compare(op, plan, x.array(), ao, ((DoubleTensor) b).array(), bo, y, yo, from, to);
            case LongTensor x ->
                LongElementwise.compare(
                        op, unsigned, plan, x.array(), ao, ((LongTensor) b).array(), bo, y, yo, from, to);
            case IntTensor x ->
                IntElementwise.compare(op, unsigned, plan, x.array(), ao, ((IntTensor) b).array(), bo, y, yo, from, to);
            case ShortTensor x ->
                ShortElementwise.compare(
                        op, unsigned, plan, x.array(), ao, ((ShortTensor) b).array(), bo, y, yo, from, to);
            case ByteTensor x ->
                ByteElementwise.compare(
                        op, unsigned, plan, x.array(), ao, ((ByteTensor) b).array(), bo, y, yo, from, to);
            case StringTensor x -> compareStrings(op, plan, x, (StringTensor) b, y, yo, from, to);
        }
    }

    private static void compareStrings(
            Comparison op, Broadcast plan, StringTensor a, StringTensor b, byte[] y, int yo, int from, int to) {
        if (op != Comparison.EQUAL) {
            throw new IllegalArgumentException("strings have no " + op);
        }
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            for (int i = 0; i < n; i++) {
                String left = a.array()[a.offset() + plan.offset(0, p) + i * plan.rowStride(0)];
                String right = b.array()[b.offset() + plan.offset(1, p) + i * plan.rowStride(1)];
                y[yo + p + i] = (byte) (left.equals(right) ? 1 : 0);
            }
        }
    }

    private static int picos(BinaryOp op, Tensor out) {
        return op == BinaryOp.POW ? 15_000 : out.type().storage().bytes() < 4 ? 1000 : 300;
    }
}
