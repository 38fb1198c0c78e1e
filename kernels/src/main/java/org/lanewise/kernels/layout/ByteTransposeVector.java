package org.lanewise.kernels.layout;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/** Transposition of matrices of bytes in blocks of 16 x 16, each sixteen vectors of 128 bits; blocks at the ends overlap those before them. */
final class ByteTransposeVector {
    /** Rows and columns of a block, of which a matrix has at least one. */
    static final int SIDE = 16;

    private static final VectorSpecies<Byte> QUAD = ByteVector.SPECIES_128;

    // two vectors' bytes in turn; indices from 16 on come from the second one
    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Byte>> TYPE = QUAD.vectorType();

    private static final ByteVector LOW =
            ByteVector.fromArray(QUAD, new byte[] {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23}, 0);
    private static final ByteVector HIGH =
            ByteVector.fromArray(QUAD, new byte[] {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31}, 0);

    private ByteTransposeVector() {}

    /** y[yi + j step + i] = x[xi + i stride + j] for i in 0 .. rows - 1, j in 0 .. columns - 1; both are at least {@link #SIDE}. */
    static void transpose(byte[] x, int xi, int stride, byte[] y, int yi, int step, int rows, int columns) {
        for (int i = 0; i < rows; i += SIDE) {
            int row = Math.min(i, rows - SIDE);
            strip(x, xi + row * stride, stride, y, yi + row, step, columns & -SIDE);
            if (columns % SIDE != 0) {
                int column = columns - SIDE;
                strip(x, xi + row * stride + column, stride, y, yi + row + column * step, step, SIDE);
            }
        }
    }

    /** Four times over, neighbours eight rows apart take turns: the index of a byte's row moves bit by bit into its column. */
    private static void strip(byte[] x, int xi, int stride, byte[] y, int yi, int step, int columns) {
        for (int j = 0; j < columns; j += SIDE) {
            int from = xi + j;
            ByteVector a0 = ByteVector.fromArray(QUAD, x, from);
            ByteVector a1 = ByteVector.fromArray(QUAD, x, from + stride);
            ByteVector a2 = ByteVector.fromArray(QUAD, x, from + 2 * stride);
            ByteVector a3 = ByteVector.fromArray(QUAD, x, from + 3 * stride);
            ByteVector a4 = ByteVector.fromArray(QUAD, x, from + 4 * stride);
            ByteVector a5 = ByteVector.fromArray(QUAD, x, from + 5 * stride);
            ByteVector a6 = ByteVector.fromArray(QUAD, x, from + 6 * stride);
            ByteVector a7 = ByteVector.fromArray(QUAD, x, from + 7 * stride);
            ByteVector a8 = ByteVector.fromArray(QUAD, x, from + 8 * stride);
            ByteVector a9 = ByteVector.fromArray(QUAD, x, from + 9 * stride);
            ByteVector a10 = ByteVector.fromArray(QUAD, x, from + 10 * stride);
            ByteVector a11 = ByteVector.fromArray(QUAD, x, from + 11 * stride);
            ByteVector a12 = ByteVector.fromArray(QUAD, x, from + 12 * stride);
            ByteVector a13 = ByteVector.fromArray(QUAD, x, from + 13 * stride);
            ByteVector a14 = ByteVector.fromArray(QUAD, x, from + 14 * stride);
            ByteVector a15 = ByteVector.fromArray(QUAD, x, from + 15 * stride);
            ByteVector b0 = LOW.selectFrom(a0, a8);
            ByteVector b1 = HIGH.selectFrom(a0, a8);
            ByteVector b2 = LOW.selectFrom(a1, a9);
            ByteVector b3 = HIGH.selectFrom(a1, a9);
            ByteVector b4 = LOW.selectFrom(a2, a10);
            ByteVector b5 = HIGH.selectFrom(a2, a10);
            ByteVector b6 = LOW.selectFrom(a3, a11);
            ByteVector b7 = HIGH.selectFrom(a3, a11);
            ByteVector b8 = LOW.selectFrom(a4, a12);
            ByteVector b9 = HIGH.selectFrom(a4, a12);
            ByteVector b10 = LOW.selectFrom(a5, a13);
            ByteVector b11 = HIGH.selectFrom(a5, a13);
            ByteVector b12 = LOW.selectFrom(a6, a14);
            ByteVector b13 = HIGH.selectFrom(a6, a14);
            ByteVector b14 = LOW.selectFrom(a7, a15);
            ByteVector b15 = HIGH.selectFrom(a7, a15);
            ByteVector c0 = LOW.selectFrom(b0, b8);
            ByteVector c1 = HIGH.selectFrom(b0, b8);
            ByteVector c2 = LOW.selectFrom(b1, b9);
            ByteVector c3 = HIGH.selectFrom(b1, b9);
            ByteVector c4 = LOW.selectFrom(b2, b10);
            ByteVector c5 = HIGH.selectFrom(b2, b10);
            ByteVector c6 = LOW.selectFrom(b3, b11);
            ByteVector c7 = HIGH.selectFrom(b3, b11);
            ByteVector c8 = LOW.selectFrom(b4, b12);
            ByteVector c9 = HIGH.selectFrom(b4, b12);
            ByteVector c10 = LOW.selectFrom(b5, b13);
            ByteVector c11 = HIGH.selectFrom(b5, b13);
            ByteVector c12 = LOW.selectFrom(b6, b14);
            ByteVector c13 = HIGH.selectFrom(b6, b14);
            ByteVector c14 = LOW.selectFrom(b7, b15);
            ByteVector c15 = HIGH.selectFrom(b7, b15);
            ByteVector d0 = LOW.selectFrom(c0, c8);
            ByteVector d1 = HIGH.selectFrom(c0, c8);
            ByteVector d2 = LOW.selectFrom(c1, c9);
            ByteVector d3 = HIGH.selectFrom(c1, c9);
            ByteVector d4 = LOW.selectFrom(c2, c10);
            ByteVector d5 = HIGH.selectFrom(c2, c10);
            ByteVector d6 = LOW.selectFrom(c3, c11);
            ByteVector d7 = HIGH.selectFrom(c3, c11);
            ByteVector d8 = LOW.selectFrom(c4, c12);
            ByteVector d9 = HIGH.selectFrom(c4, c12);
            ByteVector d10 = LOW.selectFrom(c5, c13);
            ByteVector d11 = HIGH.selectFrom(c5, c13);
            ByteVector d12 = LOW.selectFrom(c6, c14);
            ByteVector d13 = HIGH.selectFrom(c6, c14);
            ByteVector d14 = LOW.selectFrom(c7, c15);
            ByteVector d15 = HIGH.selectFrom(c7, c15);
            ByteVector e0 = LOW.selectFrom(d0, d8);
            ByteVector e1 = HIGH.selectFrom(d0, d8);
            ByteVector e2 = LOW.selectFrom(d1, d9);
            ByteVector e3 = HIGH.selectFrom(d1, d9);
            ByteVector e4 = LOW.selectFrom(d2, d10);
            ByteVector e5 = HIGH.selectFrom(d2, d10);
            ByteVector e6 = LOW.selectFrom(d3, d11);
            ByteVector e7 = HIGH.selectFrom(d3, d11);
            ByteVector e8 = LOW.selectFrom(d4, d12);
            ByteVector e9 = HIGH.selectFrom(d4, d12);
            ByteVector e10 = LOW.selectFrom(d5, d13);
            ByteVector e11 = HIGH.selectFrom(d5, d13);
            ByteVector e12 = LOW.selectFrom(d6, d14);
            ByteVector e13 = HIGH.selectFrom(d6, d14);
            ByteVector e14 = LOW.selectFrom(d7, d15);
            ByteVector e15 = HIGH.selectFrom(d7, d15);
            int to = yi + j * step;
            ((ByteVector) TYPE.cast(e0)).intoArray(y, to);
            ((ByteVector) TYPE.cast(e1)).intoArray(y, to + step);
            ((ByteVector) TYPE.cast(e2)).intoArray(y, to + 2 * step);
            ((ByteVector) TYPE.cast(e3)).intoArray(y, to + 3 * step);
            ((ByteVector) TYPE.cast(e4)).intoArray(y, to + 4 * step);
            ((ByteVector) TYPE.cast(e5)).intoArray(y, to + 5 * step);
            ((ByteVector) TYPE.cast(e6)).intoArray(y, to + 6 * step);
            ((ByteVector) TYPE.cast(e7)).intoArray(y, to + 7 * step);
            ((ByteVector) TYPE.cast(e8)).intoArray(y, to + 8 * step);
            ((ByteVector) TYPE.cast(e9)).intoArray(y, to + 9 * step);
            ((ByteVector) TYPE.cast(e10)).intoArray(y, to + 10 * step);
            ((ByteVector) TYPE.cast(e11)).intoArray(y, to + 11 * step);
            ((ByteVector) TYPE.cast(e12)).intoArray(y, to + 12 * step);
            ((ByteVector) TYPE.cast(e13)).intoArray(y, to + 13 * step);
            ((ByteVector) TYPE.cast(e14)).intoArray(y, to + 14 * step);
            ((ByteVector) TYPE.cast(e15)).intoArray(y, to + 15 * step);
        }
    }
}
