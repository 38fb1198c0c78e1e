package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Picks parts of a tensor that vectors of indices name: {@code output[k..., :] = data[indices[k..., :], :]}; the first {@code batch_dims} axes belong to data
 * and indices alike. ONNX {@code GatherND}-11 and later; {@code batch_dims} since 12.
 *
 * @param batchDims number of shared leading axes
 */
public record GatherND(int batchDims) implements Operator {
    /** From a node. */
    public static GatherND create(NodeSpec spec) {
        spec.inputs(2, 2);
        long batchDims = spec.opset() < 12 ? 0 : spec.intAttribute("batch_dims", 0);
        if (batchDims < 0 || batchDims > Integer.MAX_VALUE) {
            throw spec.refuse("batch_dims is " + batchDims);
        }
        return new GatherND((int) batchDims);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        if (context.inputType(1) != DataType.INT64) {
            throw new IllegalArgumentException(
                    "indices have type " + context.inputType(1).onnxName() + ", expected int64");
        }
        PartialShape data = context.inputShape(0);
        PartialShape indices = context.inputShape(1);
        boolean ranked = data.isRanked() && indices.isRanked();
        if (ranked) {
            for (int i = 0; i < Math.min(batchDims, Math.min(data.rank(), indices.rank())); i++) {
                Axes.agree(data.dim(i), indices.dim(i), "batch axis " + i + " of data and indices differs");
            }
        }
        PartialShape out = ranked && indices.rank() > 0 && indices.dim(-1) >= 0
                ? PartialShape.of(dims(data.toArray(), indices.toArray()))
                : PartialShape.unranked();
        context.output(0, context.inputType(0), out);
    }

    @Override
    public void run(OpContext context) {
        Tensor data = context.input(0);
        Tensor indices = context.input(1);
        Tensor out = context.output(
                0,
                data.type(),
                Shape.of(dims(data.shape().toLongArray(), indices.shape().toLongArray())));
        int depth = indices.shape().dim(-1);
        int[] at = Indices.blocks(indices, data.shape(), batchDims);
        Moves.gather(
                context,
                data,
                at,
                data.shape().sizeBetween(batchDims + depth, data.shape().rank()),
                out);
    }

    private long[] dims(long[] data, long[] indices) {
        int depth = Math.toIntExact(indices[indices.length - 1]);
        if (batchDims >= indices.length || batchDims + depth > data.length) {
            throw new IllegalArgumentException("indices of shape " + PartialShape.of(indices) + " with " + batchDims
                    + " batch axes do not fit data of shape " + PartialShape.of(data));
        }
        long[] dims = Arrays.copyOf(indices, indices.length - 1 + data.length - batchDims - depth);
        System.arraycopy(data, batchDims + depth, dims, indices.length - 1, data.length - batchDims - depth);
        return dims;
    }
}
