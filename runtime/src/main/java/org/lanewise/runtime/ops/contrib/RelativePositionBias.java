package org.lanewise.runtime.ops.contrib;

import java.util.Set;
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
import org.lanewise.runtime.tensor.Tensor;

/**
 * The bias of T5 for attention: for each head, query and key what a table says of their distance (Raffel et al. 2020). Distances up to half of the buckets have one each, greater ones share buckets whose widths grow with the logarithm, up to {@code max_distance}. Inputs bias_table, of shape (buckets, heads) with the values of a head side by side, query_length and key_length, which must be
 * equal; output (1, heads, length, length). {@code com.microsoft.RelativePositionBias}-1.
 *
 * @param maxDistance from there on all distances share the last bucket
 * @param bidirectional whether keys behind a query have half of the buckets for themselves; else only the distance counts
 */
public record RelativePositionBias(int maxDistance, boolean bidirectional) implements Operator, ComputesInFloat {
    /** From a node. */
    public static RelativePositionBias create(NodeSpec spec) {
        spec.inputs(3, 3);
        long distance = spec.requiredInt("max_distance");
        if (distance < 1 || distance > Integer.MAX_VALUE) {
            throw spec.refuse("max_distance is " + distance + ", expected at least 1");
        }
        return new RelativePositionBias((int) distance, spec.flag("is_bidirectional", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        long[] lengths = new long[2];
        for (int i = 1; i <= 2; i++) {
            Types.check(context, i, Set.of(DataType.INT64));
            Tensor length = context.constant(i);
            lengths[i - 1] = length == null || length.size() != 1 || length.getLong(0) < 0
                    ? PartialShape.UNKNOWN
                    : length.getLong(0);
        }
        PartialShape table = context.inputShape(0);
        if (table.isRanked() && table.rank() != 2) {
            throw new IllegalArgumentException("bias_table has shape " + table + ", expected [buckets,heads]");
        }
        long heads = table.isRanked() ? table.dim(1) : PartialShape.UNKNOWN;
        context.output(0, type, PartialShape.of(1, heads, lengths[0], lengths[1]));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor table = (FloatTensor) context.input(0);
        long length = context.input(1).scalarLong();
        if (length < 0 || length > Integer.MAX_VALUE || context.input(2).scalarLong() != length) {
            throw new IllegalArgumentException("query_length is " + length + " and key_length "
                    + context.input(2).scalarLong() + ", expected the same number of at least 0");
        }
        int n = (int) length;
        int buckets = table.shape().dim(0);
        int heads = table.shape().dim(1);
        int least = bidirectional ? 4 : 2;
        if (buckets < least) {
            throw new IllegalArgumentException("bias_table has " + buckets + " buckets, expected at least " + least);
        }
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(1, heads, n, n));
        int[] bucket = new int[Math.max(0, 2 * n - 1)];
        for (int i = 0; i < bucket.length; i++) {
            bucket[i] = bucket(i - (n - 1), buckets);
        }
        context.parallel(heads * n, 1 + n, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                int values = table.offset() + row / n * buckets;
                int query = row % n;
                for (int key = 0; key < n; key++) {
                    y.array()[y.offset() + row * n + key] = table.array()[values + bucket[key - query + n - 1]];
                }
            }
        });
    }

    private int bucket(int relative, int buckets) {
        int half = bidirectional ? buckets / 2 : buckets;
        int first = bidirectional && relative > 0 ? half : 0;
        int distance = Math.abs(relative);
        int exact = half / 2;
        if (distance < exact) {
            return first + distance;
        }
        double share = Math.log((double) distance / exact) / Math.log((double) maxDistance / exact);
        return first + (int) Math.min(half - 1, exact + (float) share * (half - exact));
    }
}
