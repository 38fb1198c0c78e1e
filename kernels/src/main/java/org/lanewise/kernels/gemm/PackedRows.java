package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.layout.TransposeWide.HIGH;
import static org.lanewise.kernels.layout.TransposeWide.LOW;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Lays 12 or 10 rows of A side by side, {@code out[k * rows + r] = A(r, k)}, as {@link PackedTiles} and {@link StreamedTiles} read them: squares of 16 by 16 are transposed as in
 * {@link org.lanewise.kernels.layout.TransposeWide}. There are no rows 12 to 15, and none 10 and 11 among 10; what
 * stands for them is stored over by the next step of k.
 */
final class PackedRows {
    /** Values behind the last one that are written over. */
    static final int OVERRUN = 6;

    private static final int SIDE = 16;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private PackedRows() {}

    /** Packs {@code kc} columns of {@link PackedTiles#ROWS} rows that start at {@code ao}; {@link #OVERRUN} values more may be written. */
    static void pack(float[] a, int ao, int lda, int kc, float[] out, int to) {
        int squares = Simd.LANES == SIDE ? kc / SIDE : 0;
        squares(
                PackedTiles.ROWS,
                squares,
                a,
                ao,
                ao + lda,
                ao + 2 * lda,
                ao + 3 * lda,
                ao + 4 * lda,
                ao + 5 * lda,
                ao + 6 * lda,
                ao + 7 * lda,
                ao + 8 * lda,
                ao + 9 * lda,
                ao + 10 * lda,
                ao + 11 * lda,
                out,
                to);
        for (int k = squares * SIDE; k < kc; k++) {
            int x = ao + k;
            for (int r = 0; r < PackedTiles.ROWS; r++, x += lda) {
                out[to + k * PackedTiles.ROWS + r] = a[x];
            }
        }
    }

    /**
     * Packs {@code count} squares of the rows that start at {@code s0} to {@code s11}.
     *
     * @param rows 12, or 10: then the last two are any rows
     */
    static void squares(
            int rows,
            int count,
            float[] a,
            int s0,
            int s1,
            int s2,
            int s3,
            int s4,
            int s5,
            int s6,
            int s7,
            int s8,
            int s9,
            int s10,
            int s11,
            float[] out,
            int to) {
        for (int i = 0; i < count * SIDE; i += SIDE) {
            int y = to + i * rows;
            FloatVector a0 = FloatVector.fromArray(F32, a, s0 + i);
            FloatVector a1 = FloatVector.fromArray(F32, a, s1 + i);
            FloatVector a2 = FloatVector.fromArray(F32, a, s2 + i);
            FloatVector a3 = FloatVector.fromArray(F32, a, s3 + i);
            FloatVector a4 = FloatVector.fromArray(F32, a, s4 + i);
            FloatVector a5 = FloatVector.fromArray(F32, a, s5 + i);
            FloatVector a6 = FloatVector.fromArray(F32, a, s6 + i);
            FloatVector a7 = FloatVector.fromArray(F32, a, s7 + i);
            FloatVector a8 = FloatVector.fromArray(F32, a, s8 + i);
            FloatVector a9 = FloatVector.fromArray(F32, a, s9 + i);
            FloatVector a10 = FloatVector.fromArray(F32, a, s10 + i);
            FloatVector a11 = FloatVector.fromArray(F32, a, s11 + i);
            FloatVector b0 = LOW.selectFrom(a0, a8);
            FloatVector b1 = HIGH.selectFrom(a0, a8);
            FloatVector b2 = LOW.selectFrom(a1, a9);
            FloatVector b3 = HIGH.selectFrom(a1, a9);
            FloatVector b4 = LOW.selectFrom(a2, a10);
            FloatVector b5 = HIGH.selectFrom(a2, a10);
            FloatVector b6 = LOW.selectFrom(a3, a11);
            FloatVector b7 = HIGH.selectFrom(a3, a11);
            FloatVector b8 = LOW.selectFrom(a4, a4);
            FloatVector b9 = HIGH.selectFrom(a4, a4);
            FloatVector b10 = LOW.selectFrom(a5, a11);
            FloatVector b11 = HIGH.selectFrom(a5, a11);
            FloatVector b12 = LOW.selectFrom(a6, a11);
            FloatVector b13 = HIGH.selectFrom(a6, a11);
            FloatVector b14 = LOW.selectFrom(a7, a11);
            FloatVector b15 = HIGH.selectFrom(a7, a11);
            FloatVector c0 = LOW.selectFrom(b0, b8);
            FloatVector c1 = HIGH.selectFrom(b0, b8);
            FloatVector c2 = LOW.selectFrom(b1, b9);
            FloatVector c3 = HIGH.selectFrom(b1, b9);
            FloatVector c4 = LOW.selectFrom(b2, b10);
            FloatVector c5 = HIGH.selectFrom(b2, b10);
            FloatVector c6 = LOW.selectFrom(b3, b11);
            FloatVector c7 = HIGH.selectFrom(b3, b11);
            FloatVector c8 = LOW.selectFrom(b4, b12);
            FloatVector c9 = HIGH.selectFrom(b4, b12);
            FloatVector c10 = LOW.selectFrom(b5, b13);
            FloatVector c11 = HIGH.selectFrom(b5, b13);
            FloatVector c12 = LOW.selectFrom(b6, b14);
            FloatVector c13 = HIGH.selectFrom(b6, b14);
            FloatVector c14 = LOW.selectFrom(b7, b15);
            FloatVector c15 = HIGH.selectFrom(b7, b15);
            FloatVector d0 = LOW.selectFrom(c0, c8);
            FloatVector d1 = HIGH.selectFrom(c0, c8);
            FloatVector d2 = LOW.selectFrom(c1, c9);
            FloatVector d3 = HIGH.selectFrom(c1, c9);
            FloatVector d4 = LOW.selectFrom(c2, c10);
            FloatVector d5 = HIGH.selectFrom(c2, c10);
            FloatVector d6 = LOW.selectFrom(c3, c11);
            FloatVector d7 = HIGH.selectFrom(c3, c11);
            FloatVector d8 = LOW.selectFrom(c4, c12);
            FloatVector d9 = HIGH.selectFrom(c4, c12);
            FloatVector d10 = LOW.selectFrom(c5, c13);
            FloatVector d11 = HIGH.selectFrom(c5, c13);
            FloatVector d12 = LOW.selectFrom(c6, c14);
            FloatVector d13 = HIGH.selectFrom(c6, c14);
            FloatVector d14 = LOW.selectFrom(c7, c15);
            FloatVector d15 = HIGH.selectFrom(c7, c15);
            FloatVector e0 = LOW.selectFrom(d0, d8);
            FloatVector e1 = HIGH.selectFrom(d0, d8);
            FloatVector e2 = LOW.selectFrom(d1, d9);
            FloatVector e3 = HIGH.selectFrom(d1, d9);
            FloatVector e4 = LOW.selectFrom(d2, d10);
            FloatVector e5 = HIGH.selectFrom(d2, d10);
            FloatVector e6 = LOW.selectFrom(d3, d11);
            FloatVector e7 = HIGH.selectFrom(d3, d11);
            FloatVector e8 = LOW.selectFrom(d4, d12);
            FloatVector e9 = HIGH.selectFrom(d4, d12);
            FloatVector e10 = LOW.selectFrom(d5, d13);
            FloatVector e11 = HIGH.selectFrom(d5, d13);
            FloatVector e12 = LOW.selectFrom(d6, d14);
            FloatVector e13 = HIGH.selectFrom(d6, d14);
            FloatVector e14 = LOW.selectFrom(d7, d15);
            FloatVector e15 = HIGH.selectFrom(d7, d15);
            ((FloatVector) TYPE.cast(e0)).intoArray(out, y);
            ((FloatVector) TYPE.cast(e1)).intoArray(out, y + rows);
            ((FloatVector) TYPE.cast(e2)).intoArray(out, y + 2 * rows);
            ((FloatVector) TYPE.cast(e3)).intoArray(out, y + 3 * rows);
            ((FloatVector) TYPE.cast(e4)).intoArray(out, y + 4 * rows);
            ((FloatVector) TYPE.cast(e5)).intoArray(out, y + 5 * rows);
            ((FloatVector) TYPE.cast(e6)).intoArray(out, y + 6 * rows);
            ((FloatVector) TYPE.cast(e7)).intoArray(out, y + 7 * rows);
            ((FloatVector) TYPE.cast(e8)).intoArray(out, y + 8 * rows);
            ((FloatVector) TYPE.cast(e9)).intoArray(out, y + 9 * rows);
            ((FloatVector) TYPE.cast(e10)).intoArray(out, y + 10 * rows);
            ((FloatVector) TYPE.cast(e11)).intoArray(out, y + 11 * rows);
            ((FloatVector) TYPE.cast(e12)).intoArray(out, y + 12 * rows);
            ((FloatVector) TYPE.cast(e13)).intoArray(out, y + 13 * rows);
            ((FloatVector) TYPE.cast(e14)).intoArray(out, y + 14 * rows);
            ((FloatVector) TYPE.cast(e15)).intoArray(out, y + 15 * rows);
        }
    }
}
