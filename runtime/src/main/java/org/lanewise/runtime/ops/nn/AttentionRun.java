package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionDouble;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Splits an attention over threads: sequences, heads and blocks of queries are independent. */
final class AttentionRun {
    private static final long MACS_PER_NANO = 16;

    private AttentionRun() {}

    /**
     * Computes {@code y}.
     *
     * @param k keys; each of its heads serves {@code q.heads() / k.heads()} neighbouring heads of q
     * @param validKeys per sequence, keys that are not padding, or null for all
     * @param positions per sequence, the position of query 0 among the keys
     * @param scale the factor in double, used for double inputs
     * @param captured (batch, heads, queries, keys), or null
     */
    static void run(
            OpContext context,
            AttentionSpec spec,
            double scale,
            HeadLayout q,
            HeadLayout k,
            HeadLayout v,
            @Nullable AttentionMask mask,
            int @Nullable [] validKeys,
            int[] positions,
            HeadLayout y,
            @Nullable Tensor captured) {
        int share = q.heads() / Math.max(1, k.heads());
        int keys = k.rows();
        int queries = q.rows();
        HeadLayout products = captured == null ? null : HeadLayout.of("qk", captured, 0);
        if (q.tensor() instanceof DoubleTensor) {
            context.kernel("attention-f64");
            context.parallel(q.batch() * q.heads(), (long) queries * keys * q.size(), (from, to, scratch) -> {
                for (int i = from; i < to; i++) {
                    int b = i / q.heads();
                    int h = i % q.heads();
                    AttentionDouble.run(
                            spec,
                            scale,
                            head(b, q, k, v, validKeys, positions),
                            q.doubles(b, h),
                            k.doubles(b, h / share),
                            v.doubles(b, h / share),
                            mask == null ? null : mask.doubleRows(b, h),
                            y.doubles(b, h),
                            products == null ? null : products.doubles(b, h));
                }
            });
            return;
        }
        context.kernel("attention-f32");
        int block = Attention.blockRows(keys);
        int blocks = (queries + block - 1) / block;
        long cost = (long) Math.min(block, queries) * keys * (q.size() + v.size()) / MACS_PER_NANO;
        context.parallel(q.batch() * q.heads() * blocks, cost, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int b = i / blocks / q.heads();
                int h = i / blocks % q.heads();
                int row = i % blocks * block;
                Attention.Head head = head(b, q, k, v, validKeys, positions);
                Attention.run(
                        spec,
                        head,
                        q.floats(b, h),
                        k.floats(b, h / share),
                        v.floats(b, h / share),
                        mask == null ? null : mask.rows(b, h),
                        y.floats(b, h),
                        products == null ? null : products.floats(b, h),
                        scratch.floats(Attention.scratchSize(head)),
                        row,
                        Math.min(queries, row + block));
            }
        });
    }

    private static Attention.Head head(
            int b, HeadLayout q, HeadLayout k, HeadLayout v, int @Nullable [] validKeys, int[] positions) {
        int valid = validKeys == null ? k.rows() : validKeys[b];
        return new Attention.Head(q.rows(), k.rows(), q.size(), v.size(), valid, positions[b]);
    }

    /** Whether the attention of {@code y} is computed by the float kernel. */
    static boolean isFloat(Tensor tensor) {
        return tensor instanceof FloatTensor;
    }
}
