package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** A function of two elements of one type with a result of that type, and its application to broadcast tensors. */
public interface BinaryFunction {
    /**
     * y = f(a, b) for {@code n} elements of {@code FLOAT}; {@code y} may be {@code a}.
     *
     * @param as 1, or 0 where {@code a} is one element for all of {@code y}
     * @param bs likewise
     */
    default void apply(float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) apply((double) a[ao + i * as], (double) b[bo + i * bs]);
        }
    }

    /** f(a, b) for {@code DOUBLE}; only called for operators that allow floating types in {@link #types()}. */
    default double apply(double a, double b) {
        throw new IllegalArgumentException("floating types are not supported");
    }

    /** f(a, b) for integers, the result cut to the type's width; only called for operators that allow them in {@link #types()}. */
    default long apply(long a, long b) {
        throw new IllegalArgumentException("integers are not supported");
    }

    /** f(a, b) for {@code UINT64}. */
    default long applyUnsigned(long a, long b) {
        return apply(a, b);
    }

    /** The element types the function is defined on. */
    default Set<DataType> types() {
        return Types.NUMERIC;
    }

    /** Computes {@code out} from {@code a} and {@code b}; {@code out} may share the memory of {@code a} where that has its shape. */
    default void run(OpContext context, Broadcast broadcast, Tensor a, Tensor b, Tensor out) {
        int as = broadcast.step(0);
        int bs = broadcast.step(1);
        switch (out) {
            case FloatTensor y -> {
                float[] af = ((FloatTensor) a).array();
                float[] bf = ((FloatTensor) b).array();
                broadcast.run(context, 300, (at, o, n) -> {
                    apply(af, a.offset() + at[0], as, bf, b.offset() + at[1], bs, y.array(), y.offset() + o, n);
                });
            }
            case DoubleTensor y -> {
                double[] ad = ((DoubleTensor) a).array();
                double[] bd = ((DoubleTensor) b).array();
                broadcast.run(context, 2000, (at, o, n) -> {
                    int ao = a.offset() + at[0];
                    int bo = b.offset() + at[1];
                    for (int i = 0; i < n; i++) {
                        y.array()[y.offset() + o + i] = apply(ad[ao + i * as], bd[bo + i * bs]);
                    }
                });
            }
            default -> broadcast.run(context, 3000, (at, o, n) -> runLongs(a, at[0], as, b, at[1], bs, out, o, n));
        }
    }

    private void runLongs(Tensor a, int ao, int as, Tensor b, int bo, int bs, Tensor out, int yo, int n) {
        boolean unsigned = out.type() == DataType.UINT64;
        long[] av = new long[Math.min(n, Elements.RUN)];
        long[] bv = new long[av.length];
        for (int from = 0; from < n; from += av.length) {
            int count = Math.min(av.length, n - from);
            Elements.read(a, ao + from * as, as, av, count);
            Elements.read(b, bo + from * bs, bs, bv, count);
            for (int i = 0; i < count; i++) {
                av[i] = unsigned ? applyUnsigned(av[i], bv[i]) : apply(av[i], bv[i]);
            }
            Elements.write(av, out, yo + from, count);
        }
    }
}
