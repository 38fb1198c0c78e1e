package org.lanewise.kernels.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemv;

/**
 * Scaled dot-product attention of one head: {@code Y = softmax(softcap(scale * Q * K') + mask) * V} with Q (queries, size), K (keys, size), V (keys, valueSize),
 * mask (queries, keys). Rows of each may lie apart, so that heads are read and written where they are.
 *
 * <p>K and V are packed once a call, but for a single query; queries are independent and computed in blocks whose products stay in the second-level cache; keys that no query of a block
 * may attend are skipped.
 */
public final class Attention {
    private Attention() {}

    /** One head of one sequence. What a decoder changes from position to position can be {@linkplain #move set anew}, so that decoding makes no objects. */
    public static final class Head {
        private final int queries;
        private final int size;
        private final int valueSize;
        private final @Nullable Sinks sinks;
        private int keys;
        private int validKeys;
        private int position;

        /**
         * A head.
         *
         * @param queries rows of Q
         * @param keys rows of K and V
         * @param size columns of Q and K
         * @param valueSize columns of V
         * @param validKeys keys before this index count, the others are padding
         * @param position position of query 0 among the keys, for {@link AttentionSpec#causal} and windows; may be negative
         * @param sinks one more product for each query, which takes weight but has no value; or {@code null}
         */
        public Head(
                int queries, int keys, int size, int valueSize, int validKeys, int position, @Nullable Sinks sinks) {
            this.queries = queries;
            this.size = size;
            this.valueSize = valueSize;
            this.sinks = sinks;
            move(keys, validKeys, position);
        }

        /** A head without sinks. */
        public Head(int queries, int keys, int size, int valueSize, int validKeys, int position) {
            this(queries, keys, size, valueSize, validKeys, position, null);
        }

        /** Sets the keys there are, those that count, and where among them query 0 is. Not during a run. */
        public void move(int rows, int valid, int start) {
            keys = rows;
            validKeys = valid;
            position = start;
        }

        /** Rows of Q. */
        public int queries() {
            return queries;
        }

        /** Rows of K and V. */
        public int keys() {
            return keys;
        }

        /** Columns of Q and K. */
        public int size() {
            return size;
        }

        /** Columns of V. */
        public int valueSize() {
            return valueSize;
        }

        /** Keys before this index count. */
        public int validKeys() {
            return validKeys;
        }

        /** Position of query 0 among the keys. */
        public int position() {
            return position;
        }

        @Nullable
        Sinks sinks() {
            return sinks;
        }
    }

    /**
     * Attention sinks: {@code softmax} of a row is {@code e^x / (sum e^x + e^sink)}.
     *
     * @param array the sinks
     * @param offset that of query 0
     * @param step from one query to the next; 0 repeats it
     */
    public record Sinks(float[] array, int offset, int step) {
        float at(int query) {
            return array[offset + query * step];
        }
    }

    /**
     * Rows in an array.
     *
     * @param array the array
     * @param offset where row 0 starts
     * @param stride from one row to the next
     */
    public record Rows(float[] array, int offset, int stride) {
        int at(int row) {
            return offset + row * stride;
        }
    }

    /**
     * Which products count.
     *
     * @param array one byte a product, zero or not
     * @param offset where row 0 starts
     * @param stride from one row to the next; 0 repeats row 0
     * @param kept whether the products at bytes that are not zero stay, or those at zeros
     * @param fill what the others become
     */
    public record Choice(byte[] array, int offset, int stride, boolean kept, float fill) {}

    /**
     * What becomes of the products.
     *
     * @param choice replaces products first, or null
     * @param rows values that are added then, or null; a stride of 0 repeats row 0
     * @param columns values in a row; keys from there on are masked
     */
    public record Mask(@Nullable Choice choice, @Nullable Rows rows, int columns) {
        /** A mask that only adds. */
        public Mask(Rows rows, int columns) {
            this(null, rows, columns);
        }
    }

    /** Queries of a block. */
    public static int blockRows(int keys) {
        return AttentionScratch.blockRows(keys);
    }

    /** Elements of scratch that {@link #run} needs. */
    public static int scratchSize(Head head) {
        return AttentionScratch.size(head);
    }

    /** The same for a head of a single query and up to {@code keys} keys. */
    public static int scratchSizeOfOne(int keys) {
        return AttentionScratch.sizeOfOne(keys);
    }

    /**
     * Computes queries {@code from} to {@code to} (exclusive) of a head.
     *
     * @param mask changes the products, or null
     * @param captured receives (queries, keys) values of the stage the spec names, or null
     * @param scratch {@link #scratchSize} values
     */
    public static void run(
            AttentionSpec spec,
            Head head,
            Rows q,
            Rows k,
            Rows v,
            @Nullable Mask mask,
            Rows y,
            @Nullable Rows captured,
            float[] scratch,
            int from,
            int to) {
        if (head.queries == 1) {
            if (from < to) {
                single(spec, head, q, k, v, mask, y, captured, scratch);
            }
            return;
        }
        AttentionProducts.packKeys(head, k, spec.scale(), scratch);
        AttentionProducts.packValues(head, v, scratch);
        int block = blockRows(head.keys);
        for (int row = from; row < to; row += block) {
            block(spec, head, q, mask, y, captured, scratch, row, Math.min(to, row + block));
        }
    }

    /** A single query, as when a decoder has one position at a time: every key and value is used once, so they are read as they lie. */
    private static void single(
            AttentionSpec spec,
            Head head,
            Rows q,
            Rows k,
            Rows v,
            @Nullable Mask mask,
            Rows y,
            @Nullable Rows captured,
            float[] scratch) {
        int valid = mask == null ? head.validKeys : Math.min(head.validKeys, mask.columns);
        int first = captured != null ? 0 : spec.firstKey(head.position);
        int end = captured != null ? head.keys : spec.endKey(head.position, valid);
        if (end <= first) {
            Arrays.fill(y.array, y.at(0), y.at(0) + head.valueSize, 0);
            return;
        }
        int n = end - first;
        Gemv.run(
                q.array,
                q.at(0),
                k.array,
                k.at(first),
                k.stride,
                true,
                head.size,
                n,
                scratch,
                first,
                0,
                n,
                Epilogue.NONE);
        AttentionRows.scale(scratch, first, n, spec.scale());
        boolean late = weigh(spec, head, valid, mask, captured, scratch, 0, 1, first, end);
        Gemv.run(
                scratch,
                first,
                v.array,
                v.at(first),
                v.stride,
                false,
                n,
                head.valueSize,
                y.array,
                y.at(0),
                0,
                head.valueSize,
                Epilogue.NONE);
        if (late) {
            AttentionRows.scale(y.array, y.at(0), head.valueSize, scratch[AttentionScratch.factors(head)]);
        }
    }

    private static void block(
            AttentionSpec spec,
            Head head,
            Rows q,
            @Nullable Mask mask,
            Rows y,
            @Nullable Rows captured,
            float[] scratch,
            int from,
            int to) {
        int valid = mask == null ? head.validKeys : Math.min(head.validKeys, mask.columns);
        int first = captured != null ? 0 : spec.firstKey(head.position + from);
        int end = captured != null ? head.keys : spec.endKey(head.position + to - 1, valid);
        if (end <= first) {
            for (int row = from; row < to; row++) {
                Arrays.fill(y.array, y.at(row), y.at(row) + head.valueSize, 0);
            }
            return;
        }
        AttentionProducts.withKeys(head, q, scratch, from, to, first, end);
        boolean late = weigh(spec, head, valid, mask, captured, scratch, from, to - from, first, end);
        int sums = AttentionScratch.factors(head);
        AttentionProducts.withValues(head, y, scratch, from, to, first, end);
        for (int row = from; late && row < to; row++) {
            AttentionRows.scale(y.array, y.at(row), head.valueSize, scratch[sums + row - from]);
        }
    }

    /** Makes products weights; returns whether the factors behind the products are still due for the sums of values. */
    private static boolean weigh(
            AttentionSpec spec,
            Head head,
            int valid,
            @Nullable Mask mask,
            @Nullable Rows captured,
            float[] scratch,
            int from,
            int rows,
            int first,
            int end) {
        int stride = AttentionScratch.stride(head.keys);
        AttentionRows.capture(spec, AttentionSpec.Capture.PRODUCT, captured, scratch, stride, from, rows, end);
        AttentionRows.softcap(spec.softcap(), scratch, stride, rows, first, end);
        AttentionRows.capture(spec, AttentionSpec.Capture.AFTER_SOFTCAP, captured, scratch, stride, from, rows, end);
        AttentionRows.mask(spec, head, valid, mask, scratch, stride, from, rows, first, end);
        AttentionRows.capture(spec, AttentionSpec.Capture.AFTER_MASK, captured, scratch, stride, from, rows, end);
        // Where there are fewer values than products, dividing the sums of values is cheaper
        boolean late = captured == null && !spec.doubleSoftmax() && head.valueSize < end - first;
        int sums = late ? AttentionScratch.factors(head) : -1;
        AttentionRows.softmax(spec, head, valid, mask, sums, scratch, stride, from, rows, first, end);
        AttentionRows.capture(spec, AttentionSpec.Capture.AFTER_SOFTMAX, captured, scratch, stride, from, rows, end);
        return late;
    }
}
