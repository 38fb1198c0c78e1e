package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.layout.TransposeWide.HIGH;
import static org.lanewise.kernels.layout.TransposeWide.LOW;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Lays {@link PackedTiles#ROWS} rows of A side by side, {@code out[k * ROWS + r] = A(r, k)}, as {@link PackedTiles} reads them: squares of 16 by 16 are transposed as in
 * {@link org.lanewise.kernels.layout.TransposeWide}. There are no rows 12 to 15; what stands for them is stored over by the next step of k.
 *
 * <p>Squares have a loop of their own because its steps are constants, for which C2 drops the checks of indices: 0.115 ns a value, with the steps as arguments 0.13 to 0.14, which 64 columns would feel.
 */
final class PackedRows {
    /** Values behind the last one that are written over. */
    static final int OVERRUN = 4;

    private static final int ROWS = PackedTiles.ROWS;
    private static final int SIDE = 16;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private PackedRows() {}

    /** Packs {@code kc} columns of the rows that start at {@code ao}; {@link #OVERRUN} values more may be written. */
    static void pack(float[] a, int ao, int lda, int kc, float[] out, int to) {
        int squares = Simd.LANES == SIDE ? kc / SIDE : 0;
        squares(a, ao, lda, squares, out, to);
        for (int k = squares * SIDE; k < kc; k++) {
            int x = ao + k;
            for (int r = 0; r < ROWS; r++, x += lda) {
                out[to + k * ROWS + r] = a[x];
            }
        }
    }

    private static void squares(float[] a, int ao, int lda, int count, float[] out, int to) {
        for (int i = 0; i < count; i++) {
            int at = ao + i * SIDE;
            int y = to + i * SIDE * ROWS;
            FloatVector a0 = FloatVector.fromArray(F32, a, at);
            FloatVector a1 = FloatVector.fromArray(F32, a, at + lda);
            FloatVector a2 = FloatVector.fromArray(F32, a, at + 2 * lda);
            FloatVector a3 = FloatVector.fromArray(F32, a, at + 3 * lda);
            FloatVector a4 = FloatVector.fromArray(F32, a, at + 4 * lda);
            FloatVector a5 = FloatVector.fromArray(F32, a, at + 5 * lda);
            FloatVector a6 = FloatVector.fromArray(F32, a, at + 6 * lda);
            FloatVector a7 = FloatVector.fromArray(F32, a, at + 7 * lda);
            FloatVector a8 = FloatVector.fromArray(F32, a, at + 8 * lda);
            FloatVector a9 = FloatVector.fromArray(F32, a, at + 9 * lda);
            FloatVector a10 = FloatVector.fromArray(F32, a, at + 10 * lda);
            FloatVector a11 = FloatVector.fromArray(F32, a, at + 11 * lda);
            FloatVector b0 = LOW.selectFrom(a0, a8);
            FloatVector b1 = HIGH.selectFrom(a0, a8);
            FloatVector b2 = LOW.selectFrom(a1, a9);
            FloatVector b3 = HIGH.selectFrom(a1, a9);
            FloatVector b4 = LOW.selectFrom(a2, a10);
            FloatVector b5 = HIGH.selectFrom(a2, a10);
            FloatVector b6 = LOW.selectFrom(a3, a11);
            FloatVector b7 = HIGH.selectFrom(a3, a11);
            FloatVector b8 = LOW.selectFrom(a4, a11);
            FloatVector b9 = HIGH.selectFrom(a4, a11);
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
            ((FloatVector) TYPE.cast(e1)).intoArray(out, y + ROWS);
            ((FloatVector) TYPE.cast(e2)).intoArray(out, y + 2 * ROWS);
            ((FloatVector) TYPE.cast(e3)).intoArray(out, y + 3 * ROWS);
            ((FloatVector) TYPE.cast(e4)).intoArray(out, y + 4 * ROWS);
            ((FloatVector) TYPE.cast(e5)).intoArray(out, y + 5 * ROWS);
            ((FloatVector) TYPE.cast(e6)).intoArray(out, y + 6 * ROWS);
            ((FloatVector) TYPE.cast(e7)).intoArray(out, y + 7 * ROWS);
            ((FloatVector) TYPE.cast(e8)).intoArray(out, y + 8 * ROWS);
            ((FloatVector) TYPE.cast(e9)).intoArray(out, y + 9 * ROWS);
            ((FloatVector) TYPE.cast(e10)).intoArray(out, y + 10 * ROWS);
            ((FloatVector) TYPE.cast(e11)).intoArray(out, y + 11 * ROWS);
            ((FloatVector) TYPE.cast(e12)).intoArray(out, y + 12 * ROWS);
            ((FloatVector) TYPE.cast(e13)).intoArray(out, y + 13 * ROWS);
            ((FloatVector) TYPE.cast(e14)).intoArray(out, y + 14 * ROWS);
            ((FloatVector) TYPE.cast(e15)).intoArray(out, y + 15 * ROWS);
        }
    }
}
