package org.lanewise.kernels.math;

import static jdk.incubator.vector.FloatVector.broadcast;
import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Species;

/**
 * The vector loops of {@link FloatActivations}: each does whole vectors and returns how many elements it did; the scalar loop does the rest.
 *
 * <p>A loop calls its function once: C2 stops inlining after a certain number of graph nodes, and then boxes every vector.
 */
final class FloatActivationsVector {
    private static final int LANES = Species.F32.length();

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private FloatActivationsVector() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    static int sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.sigmoid(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int gelu(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.gelu(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int geluTanh(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.geluTanh(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int silu(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.silu(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int swish(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.swish(load(x, xo + i), alpha))).intoArray(y, yo + i);
        }
        return end;
    }

    static int softplus(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.softplus(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int mish(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.mish(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int elu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.elu(load(x, xo + i), alpha))).intoArray(y, yo + i);
        }
        return end;
    }

    static int selu(float[] x, int xo, float[] y, int yo, int n, float alpha, float gamma) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.selu(load(x, xo + i), alpha, gamma))).intoArray(y, yo + i);
        }
        return end;
    }

    static int celu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(VectorMath.celu(load(x, xo + i), alpha))).intoArray(y, yo + i);
        }
        return end;
    }

    static int softsign(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(softsignLanes(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int relu(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(x, xo + i).max(0f))).intoArray(y, yo + i);
        }
        return end;
    }

    static int leakyRelu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(leakyReluLanes(load(x, xo + i), alpha))).intoArray(y, yo + i);
        }
        return end;
    }

    private static FloatVector leakyReluLanes(FloatVector v, float alpha) {
        return v.blend(v.mul(alpha), v.lt(0f));
    }

    static int thresholdedRelu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(thresholdedReluLanes(load(x, xo + i), alpha))).intoArray(y, yo + i);
        }
        return end;
    }

    private static FloatVector thresholdedReluLanes(FloatVector v, float alpha) {
        return broadcast(F32, 0f).blend(v, v.compare(VectorOperators.GT, alpha));
    }

    static int clip(float[] x, int xo, float[] y, int yo, int n, float min, float max) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(x, xo + i).max(min).min(max))).intoArray(y, yo + i);
        }
        return end;
    }

    static int hardSigmoid(float[] x, int xo, float[] y, int yo, int n, float alpha, float beta) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(hardSigmoidLanes(load(x, xo + i), alpha, beta))).intoArray(y, yo + i);
        }
        return end;
    }

    static int hardSwish(float[] x, int xo, float[] y, int yo, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(hardSwishLanes(load(x, xo + i)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int shrink(float[] x, int xo, float[] y, int yo, int n, float lambd, float bias) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(shrinkLanes(load(x, xo + i), lambd, bias))).intoArray(y, yo + i);
        }
        return end;
    }

    private static FloatVector softsignLanes(FloatVector v) {
        FloatVector c = v.max(-Float.MAX_VALUE).min(Float.MAX_VALUE);
        return c.div(c.abs().add(1f));
    }

    private static FloatVector hardSigmoidLanes(FloatVector v, float alpha, float beta) {
        return v.mul(alpha).add(beta).min(1f).max(0f);
    }

    private static FloatVector hardSwishLanes(FloatVector v) {
        FloatVector c = v.blend(-3f, v.lt(-3f));
        return c.mul(hardSigmoidLanes(c, 1f / 6f, 0.5f));
    }

    private static FloatVector shrinkLanes(FloatVector v, float lambd, float bias) {
        FloatVector low = broadcast(F32, 0f).blend(v.add(bias), v.lt(-lambd));
        return low.blend(
                v.sub(bias),
                v.compare(VectorOperators.GT, lambd).and(v.lt(-lambd).not()));
    }
}
