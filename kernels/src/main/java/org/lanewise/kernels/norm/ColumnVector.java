package org.lanewise.kernels.norm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.VectorMath;

/** Softmax of neighbouring strided lines, one a lane. */
final class ColumnVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Species.F32.length();

    private ColumnVector() {}

    /** The first whole vectors of n lines; returns how many lines it did. */
    static int softmax(boolean log, float[] x, int xi, float[] y, int yi, int axis, int stride, int n) {
        int end = F32.loopBound(n);
        for (int j = 0; j < end; j += LANES) {
            FloatVector max = max(x, xi + j, axis, stride);
            if (log) {
                FloatVector sum = expSum(x, xi + j, max, axis, stride);
                subtract(x, xi + j, max.add(VectorMath.log(sum)), y, yi + j, axis, stride);
            } else {
                FloatVector sum = exp(x, xi + j, max, y, yi + j, axis, stride);
                scale(y, yi + j, FloatVector.broadcast(F32, 1f).div(sum), axis, stride);
            }
        }
        return end;
    }

    private static FloatVector max(float[] x, int xi, int axis, int stride) {
        FloatVector max = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
        for (int k = 0; k < axis; k++) {
            max = ((FloatVector) TYPE.cast(max)).max(FloatVector.fromArray(F32, x, xi + k * stride));
        }
        return max;
    }

    private static FloatVector expSum(float[] x, int xi, FloatVector max, int axis, int stride) {
        FloatVector sum = FloatVector.zero(F32);
        for (int k = 0; k < axis; k++) {
            sum = ((FloatVector) TYPE.cast(sum))
                    .add(VectorMath.expNonPositive(
                            FloatVector.fromArray(F32, x, xi + k * stride).sub(max)));
        }
        return sum;
    }

    private static FloatVector exp(float[] x, int xi, FloatVector max, float[] y, int yi, int axis, int stride) {
        FloatVector sum = FloatVector.zero(F32);
        for (int k = 0; k < axis; k++) {
            FloatVector e = VectorMath.expNonPositive(
                    FloatVector.fromArray(F32, x, xi + k * stride).sub(max));
            ((FloatVector) TYPE.cast(e)).intoArray(y, yi + k * stride);
            sum = ((FloatVector) TYPE.cast(sum)).add(e);
        }
        return sum;
    }

    private static void subtract(float[] x, int xi, FloatVector shift, float[] y, int yi, int axis, int stride) {
        for (int k = 0; k < axis; k++) {
            ((FloatVector) TYPE.cast(
                            FloatVector.fromArray(F32, x, xi + k * stride).sub(shift)))
                    .intoArray(y, yi + k * stride);
        }
    }

    private static void scale(float[] y, int yi, FloatVector factor, int axis, int stride) {
        for (int k = 0; k < axis; k++) {
            ((FloatVector) TYPE.cast(
                            FloatVector.fromArray(F32, y, yi + k * stride).mul(factor)))
                    .intoArray(y, yi + k * stride);
        }
    }
}
