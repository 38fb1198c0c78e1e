package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionDouble;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Splits an attention over threads: sequences, heads and blocks of queries are independent. */
public final class AttentionRun {
    private static final long MACS_PER_NANO = 16;

    private AttentionRun() {}

    /** The same without sinks. */
    public static void run(
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
        run(context, spec, scale, q, k, v, mask, validKeys, positions, null, y, captured);
    }

    /**
     * Computes {@code y}.
     *
     * @param k keys; each of its heads serves {@code q.heads() / k.heads()} neighbouring heads of q
     * @param validKeys per sequence, keys that are not padding, or null for all
     * @param positions per sequence, the position of query 0 among the keys
     * @param scale the factor in double, used for double inputs
     * @param sinks one a head of q, {@link Attention.Sinks}, or null; not for double inputs
     * @param captured (batch, heads, queries, keys), or null
     */
    public static void run(
            OpContext context,
            AttentionSpec spec,
            double scale,
            HeadLayout q,
            HeadLayout k,
            HeadLayout v,
            @Nullable AttentionMask mask,
            int @Nullable [] validKeys,
            int[] positions,
            float @Nullable [] sinks,
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
                            head(b, q, k, v, validKeys, positions, null),
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
        int heads = q.batch() * q.heads();
        int block = Attention.blockRows(keys);
        int blocks = (queries + block - 1) / block;
        // K and V are packed once a piece, so heads are cut only where there are too few of them
        int pieces = Math.clamp((2L * context.threads() - 1) / Math.max(1, heads) + 1, 1, Math.max(1, blocks));
        int cuts = context.threads() == 1 ? 1 : pieces;
        long cost = (long) queries * keys * (q.size() + v.size()) / MACS_PER_NANO / cuts;
        Part[] parts = new Part[heads]; // made before the work, so that repeating it makes no objects
        for (int i = 0; i < heads; i++) {
            int b = i / q.heads();
            int h = i % q.heads();
            parts[i] = new Part(
                    head(b, q, k, v, validKeys, positions, sinks == null ? null : new Attention.Sinks(sinks, h, 0)),
                    q.floats(b, h),
                    k.floats(b, h / share),
                    v.floats(b, h / share),
                    mask == null ? null : mask.rows(b, h),
                    y.floats(b, h),
                    products == null ? null : products.floats(b, h));
        }
        context.parallel(heads * cuts, cost, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                Part part = parts[i / cuts];
                Attention.run(
                        spec,
                        part.head,
                        part.q,
                        part.k,
                        part.v,
                        part.mask,
                        part.y,
                        part.products,
                        scratch.floats(Attention.scratchSize(part.head)),
                        Math.min(queries, i % cuts * blocks / cuts * block),
                        Math.min(queries, (i % cuts + 1) * blocks / cuts * block));
            }
        });
    }

    /** One head of one sequence. */
    private record Part(
            Attention.Head head,
            Attention.Rows q,
            Attention.Rows k,
            Attention.Rows v,
            Attention.@Nullable Mask mask,
            Attention.Rows y,
            Attention.@Nullable Rows products) {}

    private static Attention.Head head(
            int b,
            HeadLayout q,
            HeadLayout k,
            HeadLayout v,
            int @Nullable [] validKeys,
            int[] positions,
            Attention.@Nullable Sinks sinks) {
        int valid = validKeys == null ? k.rows() : validKeys[b];
        return new Attention.Head(q.rows(), k.rows(), q.size(), v.size(), valid, positions[b], sinks);
    }
}
