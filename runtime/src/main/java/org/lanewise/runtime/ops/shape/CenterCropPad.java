package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Brings axes to given sizes around their centre: what is too long is cut (an odd rest starts one element earlier), what is too short is padded with zeros (an
 * odd rest gets one more at the end). ONNX {@code CenterCropPad}-18.
 *
 * @param axes the axes that the sizes belong to, {@code null} for all
 */
public record CenterCropPad(long @Nullable [] axes) implements Operator {
    /** From a node. */
    public static CenterCropPad create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new CenterCropPad(spec.intsAttribute("axes"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Indices.expectType(context.inputType(1));
        if (!in.isRanked()) {
            context.output(0, context.inputType(0), in);
            return;
        }
        context.output(0, context.inputType(0), PartialShape.of(dims(in.toArray(), context.constant(1))));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int[] strides = shape.strides();
        Shape outShape = Shape.of(dims(shape.toLongArray(), context.input(1)));
        Tensor out = context.output(0, in.type(), outShape);
        int[] outStrides = outShape.strides();
        int[] kept = new int[strides.length];
        int inAt = 0;
        int outAt = 0;
        for (int i = 0; i < kept.length; i++) {
            int difference = outShape.dim(i) - shape.dim(i);
            kept[i] = Math.min(shape.dim(i), outShape.dim(i));
            inAt += Math.max(0, -difference) / 2 * strides[i];
            outAt += Math.max(0, difference) / 2 * outStrides[i];
        }
        int moved = Shape.of(kept).size();
        if (moved < out.size()) {
            Moves.fill(out, 0, out.size(), Tensor.allocate(in.type(), Shape.scalar()));
        }
        if (moved > 0) {
            Moves.strided(context, kept, in, inAt, strides, out, outAt, outStrides);
        }
    }

    private long[] dims(long[] in, @Nullable Tensor sizes) {
        int[] named = axes == null ? Axes.all(in.length) : Axes.of(axes, in.length);
        if (sizes != null && sizes.size() != named.length) {
            throw new IllegalArgumentException(
                    "shape has " + sizes.size() + " values, expected one for each of " + named.length + " axes");
        }
        long[] dims = in.clone();
        for (int i = 0; i < named.length; i++) {
            dims[named[i]] = sizes == null ? PartialShape.UNKNOWN : sizes.getLong(i);
        }
        return dims;
    }
}
