package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.norm.LayerNorm;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Looks up and adds word, position and segment embeddings, and normalizes the sum along the last axis. Inputs: input_ids (N, L), segment_ids (optional), word_embedding (words, C), position_embedding (positions, C), segment_embedding
 * (optional), gamma, beta, mask (N, L; optional), position_ids (N or 1, L; optional). Outputs: (N, L, C), the number of ones in each row of the mask (N), and the sum. {@code com.microsoft.EmbedLayerNormalization}-1.
 *
 * @param epsilon added to the variance
 */
public record EmbedLayerNormalization(float epsilon) implements Operator, ComputesInFloat, Repeatable {
    private static final Set<DataType> IDS = Set.of(DataType.INT32);
    private static final int MASK = 7;
    private static final int POSITIONS = 8;

    /** From a node. */
    public static EmbedLayerNormalization create(NodeSpec spec) {
        spec.inputs(4, 9);
        if (!spec.hasInput(2) || spec.inputCount() < 7 || !spec.hasInput(5) || !spec.hasInput(6)) {
            throw spec.refuse("needs gamma and beta");
        }
        if (spec.intAttribute("mask_index_type", 0) != 0 && spec.outputCount() > 1 && spec.hasOutput(1)) {
            throw spec.refuse("mask_index_type other than 0 is not supported");
        }
        return new EmbedLayerNormalization(spec.floatAttribute("epsilon", 1e-12f));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, IDS);
        DataType type = context.inputType(2);
        PartialShape ids = context.inputShape(0);
        PartialShape words = context.inputShape(2);
        if (ids.isRanked() && ids.rank() != 2 || words.isRanked() && words.rank() != 2) {
            throw new IllegalArgumentException(
                    "input_ids has shape " + ids + ", word_embedding " + words + ", expected matrices");
        }
        long rows = ids.isRanked() ? ids.dim(0) : PartialShape.UNKNOWN;
        PartialShape out = PartialShape.of(
                rows,
                ids.isRanked() ? ids.dim(1) : PartialShape.UNKNOWN,
                words.isRanked() ? words.dim(1) : PartialShape.UNKNOWN);
        context.output(0, type, out);
        context.output(1, DataType.INT32, PartialShape.of(rows));
        context.output(2, type, out);
    }

    @Override
    public boolean readsAhead(int i) {
        return i == 5 || i == 6;
    }

    @Override
    public void run(OpContext context) {
        Tensor ids = context.input(0);
        int rows = ids.shape().dim(0);
        int length = ids.shape().dim(1);
        FloatTensor words = (FloatTensor) context.input(2);
        FloatTensor places = (FloatTensor) context.input(3);
        FloatTensor segments = (FloatTensor) context.optionalInput(4);
        Tensor segmentIds = segments == null ? null : context.optionalInput(1);
        Tensor positionIds = context.inputCount() > POSITIONS ? context.optionalInput(POSITIONS) : null;
        int n = words.shape().dim(1);
        float[] gamma = context.input(5).toFloatArray();
        float[] beta = context.input(6).toFloatArray();
        if (places.shape().dim(-1) != n
                || gamma.length != n
                || beta.length != n
                || segments != null && segments.shape().dim(-1) != n) {
            throw new IllegalArgumentException(
                    "embeddings, gamma and beta must have " + n + " values, as word_embedding " + words.shape());
        }
        Shape shape = Shape.of(rows, length, n);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shape);
        boolean wanted = context.outputCount() > 2 && context.hasOutput(2);
        FloatTensor sum = wanted ? (FloatTensor) context.output(2, DataType.FLOAT, shape) : y;
        context.parallel(rows * length, 1 + n / 2, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int at = sum.offset() + i * n;
                int place = positionIds == null ? i % length : (int) positionIds.getLong(i % positionIds.size());
                System.arraycopy(words.array(), row("input_ids", words, ids.getLong(i)), sum.array(), at, n);
                add(places, row("position_ids", places, place), sum.array(), at, n);
                if (segments != null) {
                    add(
                            segments,
                            row("segment_ids", segments, segmentIds == null ? 0 : segmentIds.getLong(i)),
                            sum.array(),
                            at,
                            n);
                }
            }
            LayerNorm.layer(
                    sum.array(),
                    sum.offset(),
                    gamma,
                    0,
                    beta,
                    0,
                    epsilon,
                    y.array(),
                    y.offset(),
                    null,
                    null,
                    n,
                    from,
                    to);
        });
        if (context.outputCount() > 1 && context.hasOutput(1)) {
            lengths(context, rows, length);
        }
    }

    private static void lengths(OpContext context, int rows, int length) {
        Tensor mask = context.inputCount() > MASK ? context.optionalInput(MASK) : null;
        IntTensor out = (IntTensor) context.output(1, DataType.INT32, Shape.of(rows));
        context.parallel(1, (long) rows * length, (from, to, scratch) -> count(mask, rows, length, out));
    }

    private static void count(@Nullable Tensor mask, int rows, int length, IntTensor out) {
        for (int row = 0; row < rows; row++) {
            int ones = 0;
            for (int i = 0; mask != null && i < length; i++) {
                ones += mask.getLong(row * length + i) == 1 ? 1 : 0;
            }
            out.array()[out.offset() + row] = ones;
        }
    }

    private static int row(String name, FloatTensor table, long index) {
        if (index < 0 || index >= table.shape().dim(0)) {
            throw new IllegalArgumentException(
                    name + " has " + index + ", outside the " + table.shape().dim(0) + " rows of the embedding");
        }
        return table.offset() + (int) index * table.shape().dim(1);
    }

    private static void add(FloatTensor table, int from, float[] sum, int at, int n) {
        for (int i = 0; i < n; i++) {
            sum[at + i] += table.array()[from + i];
        }
    }
}
