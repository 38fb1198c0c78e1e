package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.resize.ResizeSpec;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Enlarges axes: {@code dim = floor(dim * scale)}, element {@code i} comes from {@code i / scale}. ONNX {@code Upsample}: scales of height and width in opset
 * 1, of all axes as an attribute since 7, as an input in 9; replaced by {@code Resize} in 10.
 *
 * @param spec how values between pixels are found
 * @param scales the attribute, or {@code null} when they are input 1
 * @param planar whether the scales are those of height and width of (N, C, H, W)
 */
public record Upsample(ResizeSpec spec, float @Nullable [] scales, boolean planar)
        implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static Upsample create(NodeSpec node) {
        ResizeSpec spec = ResizeModes.legacy(
                ResizeSpec.of(ResizeModes.mode(node)).with(ResizeSpec.Coordinates.ASYMMETRIC), new double[0]);
        if (node.opset() >= 9) {
            node.inputs(2, 2);
            return new Upsample(spec, null, false);
        }
        node.inputs(1, 1);
        if (node.opset() < 7) {
            float[] scales = {1, 1, node.floatAttribute("height_scale", 0), node.floatAttribute("width_scale", 0)};
            return new Upsample(spec, scales, true);
        }
        float[] scales = node.floatsAttribute("scales");
        if (scales == null) {
            throw node.refuse("required attribute 'scales' is missing");
        }
        return new Upsample(spec, scales, false);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Resizing.expectType(context.inputType(0), spec);
        PartialShape in = context.inputShape(0);
        Tensor given = context.constant(1);
        if (!in.isRanked() || scales == null && given == null) {
            context.output(0, context.inputType(0), in.isRanked() ? PartialShape.ofRank(in.rank()) : in);
            return;
        }
        context.output(0, context.inputType(0), PartialShape.of(dims(in.toArray(), given)));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor given = scales == null ? context.input(1) : null;
        Shape shape = Shape.of(dims(in.shape().toLongArray(), given));
        float[] used = used(given);
        double[] wide = new double[used.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = used[i];
        }
        Resizing.run(context, in, spec, shape, wide, new double[0]);
    }

    private float[] used(@Nullable Tensor given) {
        return given != null ? given.toFloatArray() : scales != null ? scales : new float[0];
    }

    private long[] dims(long[] in, @Nullable Tensor given) {
        float[] used = used(given);
        if (used.length != in.length) {
            throw new IllegalArgumentException(
                    "scales has " + used.length + " values, the input has rank " + in.length);
        }
        long[] dims = in.clone();
        for (int i = 0; i < dims.length; i++) {
            if (!(used[i] >= 1)) {
                throw new IllegalArgumentException("scale of axis " + i + " is " + used[i] + ", expected at least 1");
            }
            dims[i] = in[i] < 0 ? in[i] : (long) Math.floor(in[i] * used[i]);
        }
        return dims;
    }
}
