package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;

/** {@link PatchLines} on vectors of 16 lanes: values of a line are put in their order, then quarters of the vectors of four lines are transposed. */
final class PatchLinesVector {
    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    /** Quarters of two vectors: the first two of each in turns, the last two, the first two of both, the last two. */
    private static final IntVector FIRST_IN_TURNS = quarters(0, 4, 1, 5);

    private static final IntVector LAST_IN_TURNS = quarters(2, 6, 3, 7);
    private static final IntVector FIRST = quarters(0, 1, 4, 5);
    private static final IntVector LAST = quarters(2, 3, 6, 7);

    private static final int L = 16;

    private PatchLinesVector() {}

    private static IntVector quarters(int... wanted) {
        int[] lanes = new int[I32.length()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = wanted[i / 4] * 4 + i % 4;
        }
        return IntVector.fromArray(I32, lanes, 0);
    }

    /**
     * A row of the tile.
     *
     * @param last where the last 16 values of a line are
     * @param lines where the four lines begin, from {@code line} on, as of {@code kept}
     */
    static void fill(
            float[] x,
            int xOff,
            int last,
            int[] lines,
            int[] kept,
            int line,
            int[] gather,
            int[] clear,
            int columns,
            float[] y,
            int yOff) {
        int a = xOff + lines[line];
        int b = xOff + lines[line + 1];
        int c = xOff + lines[line + 2];
        int d = xOff + lines[line + 3];
        IntVector a0 = FloatVector.fromArray(F32, x, a).reinterpretAsInts();
        IntVector a1 = FloatVector.fromArray(F32, x, a + last).reinterpretAsInts();
        IntVector b0 = FloatVector.fromArray(F32, x, b).reinterpretAsInts();
        IntVector b1 = FloatVector.fromArray(F32, x, b + last).reinterpretAsInts();
        IntVector c0 = FloatVector.fromArray(F32, x, c).reinterpretAsInts();
        IntVector c1 = FloatVector.fromArray(F32, x, c + last).reinterpretAsInts();
        IntVector d0 = FloatVector.fromArray(F32, x, d).reinterpretAsInts();
        IntVector d1 = FloatVector.fromArray(F32, x, d + last).reinterpretAsInts();
        int aKept = kept[line];
        int bKept = kept[line + 1];
        int cKept = kept[line + 2];
        int dKept = kept[line + 3];
        for (int q = 0; q < columns; q += 4) {
            IntVector order = IntVector.fromArray(I32, gather, q * 4);
            IntVector ao = order.selectFrom(a0, a1).and(IntVector.fromArray(I32, clear, aKept + q * 4));
            IntVector bo = order.selectFrom(b0, b1).and(IntVector.fromArray(I32, clear, bKept + q * 4));
            IntVector co = order.selectFrom(c0, c1).and(IntVector.fromArray(I32, clear, cKept + q * 4));
            IntVector dd = order.selectFrom(d0, d1).and(IntVector.fromArray(I32, clear, dKept + q * 4));
            IntVector ab = FIRST_IN_TURNS.selectFrom(ao, bo);
            IntVector cd = FIRST_IN_TURNS.selectFrom(co, dd);
            int at = yOff + q * L;
            FloatVector v0 = FIRST.selectFrom(ab, cd).reinterpretAsFloats();
            ((FloatVector) TYPE.cast(v0)).intoArray(y, at);
            if (q + 1 < columns) {
                FloatVector v1 = LAST.selectFrom(ab, cd).reinterpretAsFloats();
                ((FloatVector) TYPE.cast(v1)).intoArray(y, at + L);
            }
            if (q + 2 < columns) {
                IntVector ab2 = LAST_IN_TURNS.selectFrom(ao, bo);
                IntVector cd2 = LAST_IN_TURNS.selectFrom(co, dd);
                FloatVector v2 = FIRST.selectFrom(ab2, cd2).reinterpretAsFloats();
                ((FloatVector) TYPE.cast(v2)).intoArray(y, at + 2 * L);
                if (q + 3 < columns) {
                    FloatVector v3 = LAST.selectFrom(ab2, cd2).reinterpretAsFloats();
                    ((FloatVector) TYPE.cast(v3)).intoArray(y, at + 3 * L);
                }
            }
        }
    }

    /**
     * The lines of one channel in one unit.
     *
     * @param sums of up to eight pixels of all patches; what lies behind those of fewer is read, too
     * @param lower what is less becomes this; a NaN stays one
     * @param last where the last 16 values of a line are
     */
    static void finish(
            float[] x,
            int sums,
            float bias,
            float lower,
            int[] spread,
            int[] lines,
            int line,
            int last,
            float[] y,
            int yOff) {
        FloatVector added = FloatVector.broadcast(F32, bias);
        FloatVector least = FloatVector.broadcast(F32, lower);
        IntVector begin = IntVector.fromArray(I32, spread, 0);
        IntVector end = IntVector.fromArray(I32, spread, L);
        FloatVector f0 = FloatVector.fromArray(F32, x, sums).add(added);
        FloatVector f1 = FloatVector.fromArray(F32, x, sums + L).add(added);
        FloatVector f2 = FloatVector.fromArray(F32, x, sums + 2 * L).add(added);
        FloatVector f3 = FloatVector.fromArray(F32, x, sums + 3 * L).add(added);
        FloatVector f4 = FloatVector.fromArray(F32, x, sums + 4 * L).add(added);
        FloatVector f5 = FloatVector.fromArray(F32, x, sums + 5 * L).add(added);
        FloatVector f6 = FloatVector.fromArray(F32, x, sums + 6 * L).add(added);
        FloatVector f7 = FloatVector.fromArray(F32, x, sums + 7 * L).add(added);
        IntVector v0 = f0.blend(least, f0.lt(least)).reinterpretAsInts();
        IntVector v1 = f1.blend(least, f1.lt(least)).reinterpretAsInts();
        IntVector v2 = f2.blend(least, f2.lt(least)).reinterpretAsInts();
        IntVector v3 = f3.blend(least, f3.lt(least)).reinterpretAsInts();
        IntVector v4 = f4.blend(least, f4.lt(least)).reinterpretAsInts();
        IntVector v5 = f5.blend(least, f5.lt(least)).reinterpretAsInts();
        IntVector v6 = f6.blend(least, f6.lt(least)).reinterpretAsInts();
        IntVector v7 = f7.blend(least, f7.lt(least)).reinterpretAsInts();
        IntVector p = FIRST_IN_TURNS.selectFrom(v0, v1);
        IntVector q = FIRST_IN_TURNS.selectFrom(v2, v3);
        IntVector r = FIRST_IN_TURNS.selectFrom(v4, v5);
        IntVector s = FIRST_IN_TURNS.selectFrom(v6, v7);
        if (lines[line] >= 0) {
            int at = yOff + lines[line];
            IntVector low = FIRST.selectFrom(p, q);
            IntVector high = FIRST.selectFrom(r, s);
            ((FloatVector) TYPE.cast(begin.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at);
            ((FloatVector) TYPE.cast(end.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at + last);
        }
        if (lines[line + 1] >= 0) {
            int at = yOff + lines[line + 1];
            IntVector low = LAST.selectFrom(p, q);
            IntVector high = LAST.selectFrom(r, s);
            ((FloatVector) TYPE.cast(begin.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at);
            ((FloatVector) TYPE.cast(end.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at + last);
        }
        IntVector p2 = LAST_IN_TURNS.selectFrom(v0, v1);
        IntVector q2 = LAST_IN_TURNS.selectFrom(v2, v3);
        IntVector r2 = LAST_IN_TURNS.selectFrom(v4, v5);
        IntVector s2 = LAST_IN_TURNS.selectFrom(v6, v7);
        if (lines[line + 2] >= 0) {
            int at = yOff + lines[line + 2];
            IntVector low = FIRST.selectFrom(p2, q2);
            IntVector high = FIRST.selectFrom(r2, s2);
            ((FloatVector) TYPE.cast(begin.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at);
            ((FloatVector) TYPE.cast(end.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at + last);
        }
        if (lines[line + 3] >= 0) {
            int at = yOff + lines[line + 3];
            IntVector low = LAST.selectFrom(p2, q2);
            IntVector high = LAST.selectFrom(r2, s2);
            ((FloatVector) TYPE.cast(begin.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at);
            ((FloatVector) TYPE.cast(end.selectFrom(low, high).reinterpretAsFloats())).intoArray(y, at + last);
        }
    }
}
