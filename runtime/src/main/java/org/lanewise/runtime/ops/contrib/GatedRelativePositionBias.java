package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * A bias of attention by relative positions, times a factor that each query chooses: {@code Y[n, h, i, j] = (u (r a[h] - 1) + 2) rel_pos[h, i, j]}, where u and r are sigmoids of the sums of the first and of the second half of the D columns of {@code (q + query_bias) W + b}. Inputs query_layer (N, L, heads size), query_bias (heads size), rel_pos (1, heads, L, L), weight W (size, D), bias b (D), eco_a (1, heads, 1, 1); Y
 * (N, heads, L, L). {@code com.microsoft.GatedRelativePositionBias}-1. Source: S. Chen et al., WavLM, 2022.
 *
 * @param heads number of heads
 */
public record GatedRelativePositionBias(int heads) implements Operator, ComputesInFloat {
    private static final int QUERY_BIAS = 1;
    private static final int POSITIONS = 2;
    private static final int WEIGHT = 3;
    private static final int BIAS = 4;
    private static final int FACTOR = 5;
    private static final int OFFSETS = 6;

    /** From a node. */
    public static GatedRelativePositionBias create(NodeSpec spec) {
        Checks.inputs(spec, FACTOR + 1, OFFSETS + 1);
        if (spec.hasInput(OFFSETS)) {
            throw spec.refuse("input token_offset (queries without padding) is not supported");
        }
        return new GatedRelativePositionBias(Checks.heads(spec, true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        for (int i = QUERY_BIAS; i <= FACTOR; i++) {
            Types.same(context, i, 0);
        }
        PartialShape q = context.inputShape(0);
        if (q.isRanked() && q.rank() != 3) {
            throw new IllegalArgumentException("query_layer has shape " + q + ", expected [N,L,heads size]");
        }
        long batch = q.isRanked() ? q.dim(0) : PartialShape.UNKNOWN;
        long rows = q.isRanked() ? q.dim(1) : PartialShape.UNKNOWN;
        context.output(0, type, PartialShape.of(batch, heads, rows, rows));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor q = (FloatTensor) context.input(0);
        FloatTensor added = (FloatTensor) context.input(QUERY_BIAS);
        FloatTensor positions = (FloatTensor) context.input(POSITIONS);
        FloatTensor weight = (FloatTensor) context.input(WEIGHT);
        FloatTensor bias = (FloatTensor) context.input(BIAS);
        FloatTensor factor = (FloatTensor) context.input(FACTOR);
        check(q.shape(), added.shape(), positions.shape(), weight.shape(), bias.shape(), factor.shape());
        int rows = q.shape().dim(1);
        int size = q.shape().dim(2) / heads;
        FloatTensor y = (FloatTensor)
                context.output(0, DataType.FLOAT, Shape.of(q.shape().dim(0), heads, rows, rows));
        context.parallel(q.shape().dim(0) * heads * rows, 1 + rows / 4 + size * 8L, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int h = i / rows % heads;
                int from0 = ((i / rows / heads) * rows + i % rows) * heads * size + h * size;
                float u = gate(q, from0, added, h * size, weight, bias, 0);
                float r = gate(
                        q, from0, added, h * size, weight, bias, weight.shape().dim(1) / 2);
                float gated = u * (r * factor.get(h) - 1) + 2;
                int source = positions.offset() + (h * rows + i % rows) * rows;
                int target = y.offset() + i * rows;
                for (int j = 0; j < rows; j++) {
                    y.array()[target + j] = gated * positions.array()[source + j];
                }
            }
        });
    }

    /** The sigmoid of the sum of half of the columns, from {@code first} on, for one head of a query. */
    private static float gate(
            FloatTensor q, int qAt, FloatTensor added, int addedAt, FloatTensor weight, FloatTensor bias, int first) {
        int columns = weight.shape().dim(1);
        double sum = 0;
        for (int d = first; d < first + columns / 2; d++) {
            sum += bias.get(d);
            for (int c = 0; c < weight.shape().dim(0); c++) {
                sum += (double) (q.get(qAt + c) + added.get(addedAt + c)) * weight.get(c * columns + d);
            }
        }
        return (float) (1 / (1 + Math.exp(-sum)));
    }

    private void check(Shape q, Shape added, Shape positions, Shape weight, Shape bias, Shape factor) {
        int rows = q.rank() == 3 ? q.dim(1) : 0;
        boolean fits = q.rank() == 3
                && q.dim(2) % heads == 0
                && added.equals(Shape.of(q.dim(2)))
                && positions.equals(Shape.of(1, heads, rows, rows))
                && weight.rank() == 2
                && weight.dim(0) == q.dim(2) / heads
                && weight.dim(1) % 2 == 0
                && bias.equals(Shape.of(weight.dim(1)))
                && factor.equals(Shape.of(1, heads, 1, 1));
        if (!fits) {
            throw new IllegalArgumentException("query_layer has shape " + q + ", query_bias " + added + ", rel_pos "
                    + positions + ", weight " + weight + ", bias " + bias + " and eco_a " + factor
                    + ", expected [N,L,H], [H], [1," + heads + ",L,L], [H/" + heads + ",D] with even D, [D] and [1,"
                    + heads + ",1,1]");
        }
    }
}
