package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.resize.Resize;
import org.lanewise.kernels.resize.ResizeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** The work of {@link org.lanewise.runtime.ops.shape.Resize} and {@link Upsample}, by element type. */
final class Resizing {
    private Resizing() {}

    /** Fails when there is no way to interpolate this type: strings and types below 8 bits have neighbours only. */
    static void expectType(DataType type, ResizeSpec spec) {
        if (spec.mode() != ResizeSpec.Mode.NEAREST) {
            Numbers.expectWritable(type, "interpolation of elements");
        }
    }

    static void run(OpContext context, Tensor in, ResizeSpec spec, Shape shape, double[] scales, double[] roi) {
        Resize resize = new Resize(spec, in.shape().toArray(), shape.toArray(), scales, roi);
        Tensor out = context.output(0, in.type(), shape);
        if (out.size() == 0) {
            return;
        }
        if (in instanceof FloatTensor source && out instanceof FloatTensor target) {
            int scratchSize = resize.scratchSize();
            long cost = 20 + 2L * out.size() / resize.units();
            context.parallel(
                    resize.units(),
                    cost,
                    (from, to, scratch) -> resize.run(
                            source.array(),
                            source.offset(),
                            target.array(),
                            target.offset(),
                            scratch.floats(scratchSize),
                            0,
                            from,
                            to));
        } else {
            boolean nearest = spec.mode() == ResizeSpec.Mode.NEAREST;
            context.parallel(1, 20L * out.size(), (from, to, scratch) -> {
                if (nearest) {
                    nearest(in, out, resize.sources(), spec.extrapolation());
                } else {
                    inDouble(in, out, resize);
                }
            });
        }
    }

    private static void nearest(Tensor in, Tensor out, int[] sources, float extrapolation) {
        for (int i = 0; i < sources.length; i++) {
            if (sources[i] < 0) {
                Numbers.set(out, i, extrapolation);
            } else {
                out.copyFrom(i, in, sources[i], 1);
            }
        }
    }

    private static void inDouble(Tensor in, Tensor out, Resize resize) {
        if (in instanceof DoubleTensor source && out instanceof DoubleTensor target) {
            resize.run(source.array(), source.offset(), target.array(), target.offset());
            return;
        }
        double[] values = new double[in.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getDouble(i);
        }
        double[] results = new double[out.size()];
        resize.run(values, 0, results, 0);
        for (int i = 0; i < results.length; i++) {
            Numbers.set(out, i, results[i]); // integers are computed as floating point and cast at the end
        }
    }
}
