package org.lanewise.kernels.elementwise;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Species;

/**
 * The vector rows of {@link FloatElementwise}: whole vectors only; each returns how many elements it did.
 *
 * <p>One loop per operation and operand pattern: both contiguous, or one of them a scalar.
 */
final class FloatElementwiseVector {
    private static final int LANES = Species.F32.length();

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private FloatElementwiseVector() {}

    static int row(BinaryOp op, float[] a, int ai, int as, float[] b, int bi, int bs, float[] y, int yi, int n) {
        if (n < LANES || as + bs == 0) {
            return 0;
        }
        return as == 0
                ? scalarFirst(op, a[ai], b, bi, y, yi, n)
                : bs == 0 ? scalarSecond(op, a, ai, b[bi], y, yi, n) : contiguous(op, a, ai, b, bi, y, yi, n);
    }

    private static int contiguous(BinaryOp op, float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        return switch (op) {
            case ADD -> add(a, ai, b, bi, y, yi, n);
            case SUB -> sub(a, ai, b, bi, y, yi, n);
            case MUL -> mul(a, ai, b, bi, y, yi, n);
            case DIV -> div(a, ai, b, bi, y, yi, n);
            case MIN -> min(a, ai, b, bi, y, yi, n);
            case MAX -> max(a, ai, b, bi, y, yi, n);
            case PRELU -> prelu(a, ai, b, bi, y, yi, n);
            default -> 0;
        };
    }

    private static int scalarSecond(BinaryOp op, float[] a, int ai, float b, float[] y, int yi, int n) {
        return switch (op) {
            case ADD -> add(a, ai, b, y, yi, n);
            case SUB -> add(a, ai, -b, y, yi, n);
            case MUL -> mul(a, ai, b, y, yi, n);
            case DIV -> div(a, ai, b, y, yi, n);
            case MIN -> min(a, ai, b, y, yi, n);
            case MAX -> max(a, ai, b, y, yi, n);
            case PRELU -> prelu(a, ai, b, y, yi, n);
            case POW -> b == 2f ? mul(a, ai, a, ai, y, yi, n) : 0;
            default -> 0;
        };
    }

    private static int scalarFirst(BinaryOp op, float a, float[] b, int bi, float[] y, int yi, int n) {
        return switch (op) {
            case ADD -> add(b, bi, a, y, yi, n);
            case SUB -> sub(a, b, bi, y, yi, n);
            case MUL -> mul(b, bi, a, y, yi, n);
            case DIV -> div(a, b, bi, y, yi, n);
            case MIN -> min(b, bi, a, y, yi, n);
            case MAX -> max(b, bi, a, y, yi, n);
            default -> 0;
        };
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    private static int add(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).add(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int add(float[] a, int ai, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).add(b))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int sub(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).sub(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int sub(float a, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.broadcast(F32, a).sub(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int mul(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).mul(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int mul(float[] a, int ai, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).mul(b))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int div(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).div(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int div(float[] a, int ai, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).div(b))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int div(float a, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.broadcast(F32, a).div(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int min(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).min(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int min(float[] a, int ai, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).min(b))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int max(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).max(load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int max(float[] a, int ai, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(load(a, ai + i).max(b))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int prelu(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(prelu(load(a, ai + i), load(b, bi + i)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static int prelu(float[] a, int ai, float b, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(prelu(load(a, ai + i), FloatVector.broadcast(F32, b)))).intoArray(y, yi + i);
        }
        return end;
    }

    private static FloatVector prelu(FloatVector x, FloatVector slope) {
        return x.blend(x.mul(slope), x.lt(0f));
    }
}
