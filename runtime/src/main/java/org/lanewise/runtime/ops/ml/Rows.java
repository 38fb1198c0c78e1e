package org.lanewise.runtime.ops.ml;

import java.util.Set;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Inputs of rows of features, (N, C), or (C) for one row. */
final class Rows {
    /** The numeric types of {@code ai.onnx.ml}. */
    static final Set<DataType> NUMERIC = Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.INT32);

    /** Changes values in place. */
    interface RunMap {
        /** Changes {@code values[0..n)}, the features from {@code column} on of a row. */
        void apply(double[] values, int column, int n);
    }

    private Rows() {}

    /** Makes output 0, of {@code type} and the shape of {@code x}, whose last axis is the features, by {@code map} from runs of x read as double. */
    static void map(OpContext context, Tensor x, DataType type, RunMap map) {
        Tensor y = context.output(0, type, x.shape());
        int width = x.shape().rank() == 0 ? 1 : x.shape().dim(-1);
        int rows = width == 0 ? 0 : x.size() / width;
        context.parallel(rows, 2L * width, (from, to, scratch) -> {
            double[] values = scratch.doubles(Elements.RUN);
            for (int row = from; row < to; row++) {
                for (int column = 0; column < width; column += Elements.RUN) {
                    int n = Math.min(Elements.RUN, width - column);
                    Elements.read(x, row * width + column, 1, values, n);
                    map.apply(values, column, n);
                    Elements.write(values, y, row * width + column, n);
                }
            }
        });
    }

    /** Writes {@code values[at..at + n)} as row {@code row} of {@code y}, (N, n). */
    static void store(double[] values, int at, int n, FloatTensor y, int row) {
        for (int i = 0; i < n; i++) {
            y.array()[y.offset() + row * n + i] = (float) values[at + i];
        }
    }

    /** Checks input 0, which must be numbers in rows of {@code features} (-1: any number). Returns N as far as known. */
    static long infer(ShapeContext context, int features) {
        Types.check(context, 0, NUMERIC);
        return count(context.inputShape(0), features);
    }

    /** As {@link #infer} for a known shape. */
    static int count(Shape shape, int features) {
        return (int) count(PartialShape.of(shape), features);
    }

    static long count(PartialShape x, int features) {
        if (!x.isRanked()) {
            return PartialShape.UNKNOWN;
        }
        if (x.rank() != 1 && x.rank() != 2) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected [N,C] or [C]");
        }
        if (features >= 0 && x.dim(-1) >= 0 && x.dim(-1) != features) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected " + features + " features");
        }
        return x.rank() == 1 ? 1 : x.dim(0);
    }
}
