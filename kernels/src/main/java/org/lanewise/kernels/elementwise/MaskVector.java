package org.lanewise.kernels.elementwise;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Species;

/**
 * Rows that make or use booleans next to {@code float} lanes: whole vectors only; each returns how many elements it did.
 *
 * <p>At 128 bits there are four float lanes, and no vector of four bytes, so the scalar rows do the work.
 */
final class MaskVector {
    private static final int LANES = Species.F32.length();

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));

    private static final boolean SAME_LANES = BYTES.length() == LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final Class<? extends Vector<Byte>> BYTES_TYPE = BYTES.vectorType();

    private MaskVector() {}

    /** y = c != 0 ? a : b, with one of a and b possibly a scalar. */
    static int where(byte[] c, int ci, float[] a, int ai, int as, float[] b, int bi, int bs, float[] y, int yi, int n) {
        if (!SAME_LANES || n < LANES) {
            return 0;
        }
        if (as == 1 && bs == 1) {
            return where(c, ci, a, ai, b, bi, y, yi, n);
        }
        if (as == 0 && bs == 0) {
            return where(c, ci, a[ai], b[bi], y, yi, n);
        }
        return as == 0 ? where(c, ci, b, bi, a[ai], false, y, yi, n) : where(c, ci, a, ai, b[bi], true, y, yi, n);
    }

    private static VectorMask<Float> isSet(byte[] c, int at) {
        return ByteVector.fromArray(BYTES, c, at).compare(VectorOperators.NE, 0).cast(F32);
    }

    private static int where(byte[] c, int ci, float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector z = FloatVector.fromArray(F32, b, bi + i);
            ((FloatVector) TYPE.cast(z.blend(FloatVector.fromArray(F32, a, ai + i), isSet(c, ci + i))))
                    .intoArray(y, yi + i);
        }
        return end;
    }

    private static int where(byte[] c, int ci, float a, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.broadcast(F32, b).blend(a, isSet(c, ci + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int where(byte[] c, int ci, float[] a, int ai, float b, boolean when, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        int zero = when ? 0 : 1; // the scalar goes where the condition equals this
        for (int i = 0; i < end; i += LANES) {
            VectorMask<Float> scalar = ByteVector.fromArray(BYTES, c, ci + i)
                    .min((byte) 1)
                    .compare(VectorOperators.EQ, zero)
                    .cast(F32);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, a, ai + i).blend(b, scalar))).intoArray(y, yi + i);
        }
        return end;
    }

    /** y = 1 where the comparison holds, else 0. */
    static int compare(Comparison op, float[] a, int ai, int as, float[] b, int bi, int bs, byte[] y, int yi, int n) {
        if (!SAME_LANES || n < LANES || as + bs == 0) {
            return 0;
        }
        if (as == 1 && bs == 1) {
            return switch (op) {
                case EQUAL -> equal(a, ai, b, bi, y, yi, n);
                case LESS -> less(a, ai, b, bi, y, yi, n);
                case LESS_OR_EQUAL -> lessOrEqual(a, ai, b, bi, y, yi, n);
                default -> 0;
            };
        }
        float scalar = as == 0 ? a[ai] : b[bi];
        return switch (as == 0 ? op.swapped() : op) {
            case EQUAL -> equal(as == 0 ? b : a, as == 0 ? bi : ai, scalar, y, yi, n);
            case LESS -> less(a, ai, scalar, y, yi, n);
            case GREATER -> greater(b, bi, scalar, y, yi, n);
            default -> 0;
        };
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    private static void store(VectorMask<Float> m, byte[] y, int at) {
        ((ByteVector) BYTES_TYPE.cast(ByteVector.zero(BYTES).blend((byte) 1, m.cast(BYTES)))).intoArray(y, at);
    }

    private static int equal(float[] a, int ai, float[] b, int bi, byte[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            store(load(a, ai + i).compare(VectorOperators.EQ, load(b, bi + i)), y, yi + i);
        }
        return end;
    }

    private static int less(float[] a, int ai, float[] b, int bi, byte[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            store(load(a, ai + i).compare(VectorOperators.LT, load(b, bi + i)), y, yi + i);
        }
        return end;
    }

    private static int lessOrEqual(float[] a, int ai, float[] b, int bi, byte[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            store(load(a, ai + i).compare(VectorOperators.LE, load(b, bi + i)), y, yi + i);
        }
        return end;
    }

    private static int equal(float[] a, int ai, float b, byte[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            store(load(a, ai + i).compare(VectorOperators.EQ, b), y, yi + i);
        }
        return end;
    }

    private static int less(float[] a, int ai, float b, byte[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            store(load(a, ai + i).compare(VectorOperators.LT, b), y, yi + i);
        }
        return end;
    }

    private static int greater(float[] a, int ai, float b, byte[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            store(load(a, ai + i).compare(VectorOperators.GT, b), y, yi + i);
        }
        return end;
    }
}
