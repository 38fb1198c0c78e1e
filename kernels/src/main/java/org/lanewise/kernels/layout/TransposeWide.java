package org.lanewise.kernels.layout;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;

/**
 * Transposition of {@code float} matrices in blocks of 16 x 16, each sixteen vectors of 512 bits: four times, the first half of the vectors is interleaved with the second half, which turns
 * the eight bits of an element's position by one each time. Only where vectors are that long; then the hardware has selections from two vectors as well.
 */
public final class TransposeWide {
    /** Rows and columns of a block. */
    static final int SIDE = 16;

    /** Lanes of the lower halves of two vectors in turn; lanes from 16 on are those of the second. */
    public static final FloatVector LOW = interleaved(0);

    /** Lanes of the upper halves in turn. */
    public static final FloatVector HIGH = interleaved(SIDE / 2);

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private TransposeWide() {}

    private static FloatVector interleaved(int first) {
        float[] lanes = new float[F32.length()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = first + i / 2 + (i & 1) * lanes.length;
        }
        return FloatVector.fromArray(F32, lanes, 0);
    }

    /**
     * Transposes {@code blocks} blocks of {@link #SIDE} by {@link #SIDE}: block b is at {@code xi + b * nextX} of x, whose rows are {@code ldx} apart, and goes to
     * {@code yi + b * nextY} of y, whose rows are {@code ldy} apart.
     */
    static void run(float[] x, int xi, int ldx, int nextX, float[] y, int yi, int ldy, int nextY, int blocks) {
        for (int b = 0; b < blocks; b++) {
            int at = xi + b * nextX;
            FloatVector a0 = FloatVector.fromArray(F32, x, at);
            FloatVector a1 = FloatVector.fromArray(F32, x, at + ldx);
            FloatVector a2 = FloatVector.fromArray(F32, x, at + 2 * ldx);
            FloatVector a3 = FloatVector.fromArray(F32, x, at + 3 * ldx);
            FloatVector a4 = FloatVector.fromArray(F32, x, at + 4 * ldx);
            FloatVector a5 = FloatVector.fromArray(F32, x, at + 5 * ldx);
            FloatVector a6 = FloatVector.fromArray(F32, x, at + 6 * ldx);
            FloatVector a7 = FloatVector.fromArray(F32, x, at + 7 * ldx);
            FloatVector a8 = FloatVector.fromArray(F32, x, at + 8 * ldx);
            FloatVector a9 = FloatVector.fromArray(F32, x, at + 9 * ldx);
            FloatVector a10 = FloatVector.fromArray(F32, x, at + 10 * ldx);
            FloatVector a11 = FloatVector.fromArray(F32, x, at + 11 * ldx);
            FloatVector a12 = FloatVector.fromArray(F32, x, at + 12 * ldx);
            FloatVector a13 = FloatVector.fromArray(F32, x, at + 13 * ldx);
            FloatVector a14 = FloatVector.fromArray(F32, x, at + 14 * ldx);
            FloatVector a15 = FloatVector.fromArray(F32, x, at + 15 * ldx);
            FloatVector b0 = LOW.selectFrom(a0, a8);
            FloatVector b1 = HIGH.selectFrom(a0, a8);
            FloatVector b2 = LOW.selectFrom(a1, a9);
            FloatVector b3 = HIGH.selectFrom(a1, a9);
            FloatVector b4 = LOW.selectFrom(a2, a10);
            FloatVector b5 = HIGH.selectFrom(a2, a10);
            FloatVector b6 = LOW.selectFrom(a3, a11);
            FloatVector b7 = HIGH.selectFrom(a3, a11);
            FloatVector b8 = LOW.selectFrom(a4, a12);
            FloatVector b9 = HIGH.selectFrom(a4, a12);
            FloatVector b10 = LOW.selectFrom(a5, a13);
            FloatVector b11 = HIGH.selectFrom(a5, a13);
            FloatVector b12 = LOW.selectFrom(a6, a14);
            FloatVector b13 = HIGH.selectFrom(a6, a14);
            FloatVector b14 = LOW.selectFrom(a7, a15);
            FloatVector b15 = HIGH.selectFrom(a7, a15);
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
            int to = yi + b * nextY;
            ((FloatVector) TYPE.cast(e0)).intoArray(y, to);
            ((FloatVector) TYPE.cast(e1)).intoArray(y, to + ldy);
            ((FloatVector) TYPE.cast(e2)).intoArray(y, to + 2 * ldy);
            ((FloatVector) TYPE.cast(e3)).intoArray(y, to + 3 * ldy);
            ((FloatVector) TYPE.cast(e4)).intoArray(y, to + 4 * ldy);
            ((FloatVector) TYPE.cast(e5)).intoArray(y, to + 5 * ldy);
            ((FloatVector) TYPE.cast(e6)).intoArray(y, to + 6 * ldy);
            ((FloatVector) TYPE.cast(e7)).intoArray(y, to + 7 * ldy);
            ((FloatVector) TYPE.cast(e8)).intoArray(y, to + 8 * ldy);
            ((FloatVector) TYPE.cast(e9)).intoArray(y, to + 9 * ldy);
            ((FloatVector) TYPE.cast(e10)).intoArray(y, to + 10 * ldy);
            ((FloatVector) TYPE.cast(e11)).intoArray(y, to + 11 * ldy);
            ((FloatVector) TYPE.cast(e12)).intoArray(y, to + 12 * ldy);
            ((FloatVector) TYPE.cast(e13)).intoArray(y, to + 13 * ldy);
            ((FloatVector) TYPE.cast(e14)).intoArray(y, to + 14 * ldy);
            ((FloatVector) TYPE.cast(e15)).intoArray(y, to + 15 * ldy);
        }
    }
}
