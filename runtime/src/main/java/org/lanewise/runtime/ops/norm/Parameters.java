package org.lanewise.runtime.ops.norm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Elementwise;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Scales, biases and statistics of normalizations, as {@code double}. */
final class Parameters {
    private Parameters() {}

    /** All elements of {@code t}, or {@code n} times {@code fallback} when it is absent. */
    static double[] of(@Nullable Tensor t, int n, double fallback) {
        double[] out = new double[n];
        if (t == null) {
            Arrays.fill(out, fallback);
        } else if (t.size() != n) {
            throw new IllegalArgumentException("parameter " + t + " has " + t.size() + " elements, expected " + n);
        } else {
            Elements.read(t, 0, 1, out, n);
        }
        return out;
    }

    /** The same values as {@code float}. */
    static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    /** The elements of {@code t} broadcast to {@code shape}. */
    static double[] broadcast(Tensor t, Shape shape) {
        if (!Shape.broadcast(shape, t.shape()).equals(shape)) {
            throw new IllegalArgumentException("parameter " + t + " does not broadcast to " + shape);
        }
        double[] out = new double[shape.size()];
        double[] row = new double[shape.size()];
        Broadcast plan = Elementwise.plan(t.shape(), shape);
        for (int p = 0, n; p < plan.size(); p += n) {
            n = plan.rowLength(p, plan.size());
            Elements.read(t, plan.offset(0, p), plan.rowStride(0), row, n);
            System.arraycopy(row, 0, out, p, n);
        }
        return out;
    }

    /** Fails where it is known that input {@code name} has not {@code n} elements in one dimension. */
    static void checkVector(String name, PartialShape shape, long n) {
        boolean wrong = shape.isRanked() && (shape.rank() != 1 || n >= 0 && shape.dim(0) >= 0 && shape.dim(0) != n);
        if (wrong) {
            throw new IllegalArgumentException(name + " has shape " + shape + ", expected [" + (n < 0 ? "C" : n) + "]");
        }
    }

    /** The type of saved statistics that attribute {@code stash_type} names. */
    static DataType stashType(NodeSpec spec) {
        long code = spec.intAttribute("stash_type", 1);
        DataType type = code == (int) code ? DataType.ofCode((int) code) : null;
        if (type != DataType.FLOAT
                && type != DataType.DOUBLE
                && type != DataType.BFLOAT16
                && type != DataType.FLOAT16) {
            throw spec.refuse("attribute 'stash_type' is " + code + ", expected a floating-point type");
        }
        return type;
    }
}
