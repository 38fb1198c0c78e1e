package org.lanewise.kernels.math;

import static jdk.incubator.vector.FloatVector.broadcast;
import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Species;

/**
 * The vector loops of {@link FloatMath}: each does whole vectors and returns how many elements it did; the scalar loop does the rest.
 *
 * <p>A loop calls its function once: C2 stops inlining after a certain number of graph nodes, and then boxes every vector.
 */
final class FloatMathVector {
    private static final int LANES = Species.F32.length();

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private FloatMathVector() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    static int exp(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.exp(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int log(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.log(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int tanh(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.tanh(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int erf(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.erf(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int sqrt(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(x, xo + i).sqrt())).intoArray(y, yo + i);
        }
        return end;
    }

    static int reciprocal(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(broadcast(F32, 1f).div(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int abs(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(x, xo + i).abs())).intoArray(y, yo + i);
        }
        return end;
    }

    static int neg(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(x, xo + i).neg())).intoArray(y, yo + i);
        }
        return end;
    }

    static int floor(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.floor(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int ceil(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.ceil(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int round(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.round(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int sign(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.sign(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }
}
