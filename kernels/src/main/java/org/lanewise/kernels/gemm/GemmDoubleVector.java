package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;

import jdk.incubator.vector.DoubleVector;
import org.lanewise.kernels.Simd;

/** {@link GemmDouble} on vectors, for a B whose columns are neighbours. */
final class GemmDoubleVector {
    private static final int LANES = F64.length();

    private GemmDoubleVector() {}

    static void run(
            double[] a,
            int aOff,
            int aRow,
            int aColumn,
            double[] b,
            int bOff,
            int bRow,
            int k,
            int n,
            double[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo) {
        int end = n / (2 * LANES) * (2 * LANES);
        for (int j = 0; j < end; j += 2 * LANES) {
            int i = rowFrom;
            for (; i + 4 <= rowTo; i += 4) {
                fourRows(a, aOff + i * aRow, aRow, aColumn, b, bOff + j, bRow, k, c, cOff + i * ldc + j, ldc);
            }
            for (; i < rowTo; i++) {
                oneRow(a, aOff + i * aRow, aColumn, b, bOff + j, bRow, k, c, cOff + i * ldc + j);
            }
        }
        GemmDouble.scalar(a, aOff, aRow, aColumn, b, bOff, bRow, 1, k, end, n, c, cOff, ldc, rowFrom, rowTo);
    }

    private static void fourRows(
            double[] a,
            int ao,
            int aRow,
            int aColumn,
            double[] b,
            int bo,
            int bRow,
            int k,
            double[] c,
            int co,
            int ldc) {
        DoubleVector p0 = DoubleVector.fromArray(F64, c, co);
        DoubleVector q0 = DoubleVector.fromArray(F64, c, co + LANES);
        DoubleVector p1 = DoubleVector.fromArray(F64, c, co + ldc);
        DoubleVector q1 = DoubleVector.fromArray(F64, c, co + ldc + LANES);
        DoubleVector p2 = DoubleVector.fromArray(F64, c, co + 2 * ldc);
        DoubleVector q2 = DoubleVector.fromArray(F64, c, co + 2 * ldc + LANES);
        DoubleVector p3 = DoubleVector.fromArray(F64, c, co + 3 * ldc);
        DoubleVector q3 = DoubleVector.fromArray(F64, c, co + 3 * ldc + LANES);
        for (int x = 0, ak = ao, bk = bo; x < k; x++, ak += aColumn, bk += bRow) {
            DoubleVector bp = DoubleVector.fromArray(F64, b, bk);
            DoubleVector bq = DoubleVector.fromArray(F64, b, bk + LANES);
            DoubleVector x0 = DoubleVector.broadcast(F64, a[ak]);
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            DoubleVector x1 = DoubleVector.broadcast(F64, a[ak + aRow]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            DoubleVector x2 = DoubleVector.broadcast(F64, a[ak + 2 * aRow]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
            DoubleVector x3 = DoubleVector.broadcast(F64, a[ak + 3 * aRow]);
            p3 = madd(x3, bp, p3);
            q3 = madd(x3, bq, q3);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
        p3.intoArray(c, co + 3 * ldc);
        q3.intoArray(c, co + 3 * ldc + LANES);
    }

    private static void oneRow(
            double[] a, int ao, int aColumn, double[] b, int bo, int bRow, int k, double[] c, int co) {
        DoubleVector p = DoubleVector.fromArray(F64, c, co);
        DoubleVector q = DoubleVector.fromArray(F64, c, co + LANES);
        for (int x = 0, ak = ao, bk = bo; x < k; x++, ak += aColumn, bk += bRow) {
            DoubleVector factor = DoubleVector.broadcast(F64, a[ak]);
            p = madd(factor, DoubleVector.fromArray(F64, b, bk), p);
            q = madd(factor, DoubleVector.fromArray(F64, b, bk + LANES), q);
        }
        p.intoArray(c, co);
        q.intoArray(c, co + LANES);
    }

    private static DoubleVector madd(DoubleVector x, DoubleVector y, DoubleVector sum) {
        return Simd.FMA ? x.fma(y, sum) : x.mul(y).add(sum);
    }
}
