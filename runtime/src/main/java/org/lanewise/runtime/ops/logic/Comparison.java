package org.lanewise.runtime.ops.logic;

import java.util.Set;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Alignment;
import org.lanewise.runtime.ops.math.Broadcast;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** An operator with two inputs of one type, broadcast against each other, and a {@code BOOL} output: a relation of two elements. */
public interface Comparison extends Operator, ComputesInFloat {
    /** How the second input is laid over the first. */
    Alignment alignment();

    /** Whether the relation holds; with NaN as IEEE 754 has it. */
    boolean test(double a, double b);

    /** Whether the relation holds. */
    boolean test(long a, long b);

    /** Whether the relation holds; only called for operators that allow strings in {@link #types()}. */
    default boolean test(String a, String b) {
        throw new IllegalArgumentException("strings are not supported");
    }

    /** The element types the operator is defined on. */
    default Set<DataType> types() {
        return Types.NUMERIC;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        Types.check(context, 0, types());
        Types.same(context, 1, 0);
        PartialShape a = context.inputShape(0);
        context.output(0, DataType.BOOL, PartialShape.broadcast(a, alignment().align(a, context.inputShape(1))));
    }

    @Override
    default void run(OpContext context) {
        Tensor a = context.input(0);
        Tensor b = context.input(1);
        Broadcast broadcast = Broadcast.of(a.shape(), alignment().align(a.shape(), b.shape()));
        ByteTensor y = (ByteTensor) context.output(0, DataType.BOOL, broadcast.shape());
        int as = broadcast.step(0);
        int bs = broadcast.step(1);
        broadcast.run(context, 2000, (at, o, n) -> {
            int ao = a.offset() + at[0];
            int bo = b.offset() + at[1];
            int yo = y.offset() + o;
            switch (a) {
                case FloatTensor _ -> test(((FloatTensor) a).array(), ao, as, ((FloatTensor) b).array(), bo, bs, y.array(), yo, n);
                case DoubleTensor _ -> test(((DoubleTensor) a).array(), ao, as, ((DoubleTensor) b).array(), bo, bs, y.array(), yo, n);
                case StringTensor _ -> test(((StringTensor) a).array(), ao, as, ((StringTensor) b).array(), bo, bs, y.array(), yo, n);
                default -> testLongs(a, at[0], as, b, at[1], bs, y.array(), yo, n);
            }
        });
    }

    private void test(float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (test((double) a[ao + i * as], (double) b[bo + i * bs]) ? 1 : 0);
        }
    }

    private void test(double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (test(a[ao + i * as], b[bo + i * bs]) ? 1 : 0);
        }
    }

    private void test(String[] a, int ao, int as, String[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (test(a[ao + i * as], b[bo + i * bs]) ? 1 : 0);
        }
    }

    private void testLongs(Tensor a, int ao, int as, Tensor b, int bo, int bs, byte[] y, int yo, int n) {
        long flip = a.type() == DataType.UINT64 ? Long.MIN_VALUE : 0; // maps the unsigned order to the signed one
        long[] av = new long[Math.min(n, Elements.RUN)];
        long[] bv = new long[av.length];
        for (int from = 0; from < n; from += av.length) {
            int count = Math.min(av.length, n - from);
            Elements.read(a, ao + from * as, as, av, count);
            Elements.read(b, bo + from * bs, bs, bv, count);
            for (int i = 0; i < count; i++) {
                y[yo + from + i] = (byte) (test(av[i] ^ flip, bv[i] ^ flip) ? 1 : 0);
            }
        }
    }
}
