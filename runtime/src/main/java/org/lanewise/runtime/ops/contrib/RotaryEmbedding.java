package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Rotates pairs of values of each head by angles that depend on the position: ONNX {@code RotaryEmbedding} with the inputs X, position_ids, cos_cache, sin_cache; one position is that of the first row of every sequence. {@code com.microsoft.RotaryEmbedding}-1.
 *
 * @param rotary the attributes
 */
public record RotaryEmbedding(org.lanewise.runtime.ops.nn.RotaryEmbedding rotary)
        implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static RotaryEmbedding create(NodeSpec spec) {
        spec.inputs(4, 4);
        Checks.off(spec, "is_packed_batching");
        if (spec.floatAttribute("scale", 1) != 1) {
            throw spec.refuse("attribute 'scale' other than 1 is not supported");
        }
        long rotated = spec.intAttribute("rotary_embedding_dim", 0);
        if (rotated < 0 || rotated % 2 != 0 || rotated > Integer.MAX_VALUE) {
            throw spec.refuse("rotary_embedding_dim is " + rotated + ", expected an even number");
        }
        return new RotaryEmbedding(new org.lanewise.runtime.ops.nn.RotaryEmbedding(
                Checks.heads(spec, false), (int) rotated, spec.flag("interleaved", false)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 3 && x.rank() != 4) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected rank 3 or 4");
        }
        context.output(0, type, x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor cos = context.input(2);
        int batch = x.shape().dim(0);
        int rows = x.shape().dim(x.shape().rank() == 4 ? 2 : 1);
        int heads = rotary.heads();
        if (x.shape().rank() == 3 && heads == 0) {
            // Without a number of heads the cache tells how large they are
            int size = rotary.rotated() == 0 ? 2 * cos.shape().dim(-1) : 0;
            if (size == 0 || x.shape().dim(2) % size != 0) {
                throw new IllegalArgumentException("the input has shape " + x.shape() + ", which needs num_heads");
            }
            heads = x.shape().dim(2) / size;
        }
        Tensor positions = context.input(1);
        boolean counted = positions.size() == 1 && batch * rows != 1;
        rotary.rotate(context, heads, cos, context.input(3), positions, counted);
    }
}
