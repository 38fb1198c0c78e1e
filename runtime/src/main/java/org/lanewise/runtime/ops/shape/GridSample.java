package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.resize.GridSampleNd;
import org.lanewise.kernels.resize.ResizeSpec;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Samples images (N, C, D1, ..., Dr) at points (N, O1, ..., Or, r) in coordinates from -1 to 1, innermost axis first, to (N, C, O1, ..., Or). ONNX
 * {@code GridSample}-16 (images), 20 (any number of axes) and later; {@code com.microsoft.GridSample}-1.
 *
 * @param spec interpolation, padding and alignment
 */
public record GridSample(org.lanewise.kernels.resize.GridSample spec) implements Operator, Repeatable, ComputesInFloat {
    /** From a node. */
    public static GridSample create(NodeSpec node) {
        node.inputs(2, 2);
        String mode = node.stringAttribute("mode", node.opset() < 20 ? "bilinear" : "linear");
        String padding = node.stringAttribute("padding_mode", "zeros");
        return new GridSample(new org.lanewise.kernels.resize.GridSample(
                switch (mode) {
                    case "linear", "bilinear" -> ResizeSpec.Mode.LINEAR;
                    case "nearest" -> ResizeSpec.Mode.NEAREST;
                    case "cubic", "bicubic" -> ResizeSpec.Mode.CUBIC;
                    default -> throw node.refuse("mode '" + mode + "' is not known");
                },
                switch (padding) {
                    case "zeros" -> org.lanewise.kernels.resize.GridSample.Padding.ZEROS;
                    case "border" -> org.lanewise.kernels.resize.GridSample.Padding.BORDER;
                    case "reflection" -> org.lanewise.kernels.resize.GridSample.Padding.REFLECTION;
                    default -> throw node.refuse("padding_mode '" + padding + "' is not known");
                },
                node.flag("align_corners", false)));
    }

    /** From a node of {@code com.microsoft}, for images; there cubic weights reach past the border, which is not supported. */
    public static GridSample createContrib(NodeSpec node) {
        if (node.stringAttribute("mode", "bilinear").equals("bicubic")
                && node.stringAttribute("padding_mode", "zeros").equals("border")) {
            throw node.refuse("mode 'bicubic' with padding_mode 'border' is not supported");
        }
        return create(node);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Numbers.expectWritable(context.inputType(0), "sampling of elements");
        PartialShape in = context.inputShape(0);
        PartialShape grid = context.inputShape(1);
        if (!in.isRanked() || !grid.isRanked()) {
            context.output(0, context.inputType(0), PartialShape.unranked());
            return;
        }
        Axes.expectRank(grid, in.rank(), "grid");
        Axes.agree(grid.dim(-1), in.rank() - 2L, "coordinates of a point and axes of the image differ");
        long batch = Axes.agree(in.dim(0), grid.dim(0), "batches of input and grid differ");
        context.output(
                0, context.inputType(0), PartialShape.of(dims(in.with(0, batch).toArray(), grid.toArray())));
    }

    private static long[] dims(long[] in, long[] grid) {
        long[] dims = grid.clone();
        dims[0] = in[0];
        dims[1] = in[1];
        System.arraycopy(grid, 1, dims, 2, grid.length - 2);
        return dims;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor grid = context.input(1);
        Shape x = in.shape();
        Shape points = grid.shape();
        if (x.rank() < 3 || points.rank() != x.rank() || points.dim(-1) != x.rank() - 2 || points.dim(0) != x.dim(0)) {
            throw new IllegalArgumentException("grid of shape " + points + " does not fit an input of shape " + x);
        }
        Tensor out = context.output(0, in.type(), Shape.of(dims(x.toLongArray(), points.toLongArray())));
        if (out.size() == 0) {
            return;
        }
        boolean planes = x.rank() == 4 || x.rank() == 5;
        if (planes
                && in instanceof FloatTensor image
                && grid instanceof FloatTensor at
                && out instanceof FloatTensor result) {
            inFloat(context, image, at, result);
        } else {
            inDouble(context, in, grid, out);
        }
    }

    private void inFloat(OpContext context, FloatTensor in, FloatTensor grid, FloatTensor out) {
        Shape x = in.shape();
        Shape o = grid.shape();
        int rank = x.rank();
        int rows = o.sizeBetween(0, rank - 2);
        long cost = 20L * o.dim(-2) * (5 + 4L * x.dim(1));
        context.parallel(rows, cost, (from, to, scratch) -> {
            int[] places = scratch.ints(org.lanewise.kernels.resize.GridSample.SCRATCH);
            float[] weights = scratch.floats(org.lanewise.kernels.resize.GridSample.SCRATCH);
            if (rank == 4) {
                spec.run2d(
                        in.array(),
                        in.offset(),
                        x.dim(1),
                        x.dim(2),
                        x.dim(3),
                        grid.array(),
                        grid.offset(),
                        o.dim(1),
                        o.dim(2),
                        out.array(),
                        out.offset(),
                        from,
                        to,
                        places,
                        weights);
            } else {
                spec.run3d(
                        in.array(),
                        in.offset(),
                        x.dim(1),
                        x.dim(2),
                        x.dim(3),
                        x.dim(4),
                        grid.array(),
                        grid.offset(),
                        o.dim(1),
                        o.dim(2),
                        o.dim(3),
                        out.array(),
                        out.offset(),
                        from,
                        to,
                        places,
                        weights);
            }
        });
    }

    private void inDouble(OpContext context, Tensor in, Tensor grid, Tensor out) {
        Shape x = in.shape();
        int[] spatial = java.util.Arrays.copyOfRange(x.toArray(), 2, x.rank());
        int perImage = grid.size() / x.dim(0) / spatial.length;
        context.parallel(1, 0, (first, last, own) -> {
            double[] values = doubles(in);
            double[] points = doubles(grid);
            double[] results = new double[out.size()];
            context.parallel(
                    x.dim(0) * perImage,
                    100L * x.dim(1),
                    (from, to, scratch) ->
                            GridSampleNd.run(spec, values, x.dim(1), spatial, points, perImage, results, from, to));
            for (int i = 0; i < results.length; i++) {
                Numbers.set(out, i, results[i]); // integers are computed as floating point and cast at the end
            }
        });
    }

    private static double[] doubles(Tensor tensor) {
        double[] values = new double[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.getDouble(i);
        }
        return values;
    }
}
