package org.lanewise.kernels.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.Gemv;

/**
 * Scaled dot-product attention of one head: {@code Y = softmax(softcap(scale * Q * K') + mask) * V} with Q (queries, size), K (keys, size), V (keys, valueSize),
 * mask (queries, keys). Rows of each may lie apart, so that heads are read and written where they are.
 *
 * <p>K and V are packed once a call, but for a single query; queries are independent and computed in blocks whose products stay in the second-level cache; keys that no query of a block
 * may attend are skipped.
 */
public final class Attention {
    /** Products of one block, at most. */
    private static final int BLOCK_VALUES = 16 << 10;

    private static final int LEAST_ROWS = 32;
    private static final int MOST_ROWS = 256;

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
        return Math.clamp(BLOCK_VALUES / Math.max(1, keys) / Gemm.MR * Gemm.MR, LEAST_ROWS, MOST_ROWS);
    }

    /** Elements of scratch that {@link #run} needs. */
    public static int scratchSize(Head head) {
        if (head.queries == 1) {
            return scratchSizeOfOne(head.keys);
        }
        return Math.addExact(packedValues(head), packedLength(head.valueSize, head.keys));
    }

    /** The same for a head of a single query and up to {@code keys} keys. */
    public static int scratchSizeOfOne(int keys) {
        return Math.addExact(Math.multiplyExact(Math.addExact(keys, Simd.LANES - 1) / Simd.LANES, Simd.LANES), 1);
    }

    /** Products of a block, rows of which are whole vectors, so that no row has a tail. */
    private static int products(Head head) {
        return Math.multiplyExact(Math.min(head.queries, blockRows(head.keys)), stride(head));
    }

    private static int stride(Head head) {
        int vectors = Math.addExact(head.keys, Simd.LANES - 1) / Simd.LANES;
        return vectors * Simd.LANES;
    }

    private static int tileScratch(Head head) {
        return Gemm.scratchLength(
                Math.min(head.queries, blockRows(head.keys)),
                Math.max(head.keys, head.valueSize),
                Math.max(head.keys, head.size));
    }

    private static int packedKeys(Head head) {
        return Math.addExact(products(head), Math.min(head.queries, blockRows(head.keys)) + tileScratch(head));
    }

    private static int packedValues(Head head) {
        return Math.addExact(packedKeys(head), packedLength(head.keys, head.size));
    }

    private static int packedLength(int columns, int k) {
        return Math.multiplyExact(Math.multiplyExact(Gemm.panels(columns), Gemm.NR), k);
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
        packKeys(head, k, spec.scale(), scratch, packedKeys(head));
        packValues(head, v, scratch, packedValues(head));
        int block = blockRows(head.keys);
        for (int row = from; row < to; row += block) {
            block(spec, head, q, mask, y, captured, scratch, row, Math.min(to, row + block));
        }
    }

    /** Block after block of the columns of K, each block all panels of keys. */
    private static void packKeys(Head head, Rows k, float scale, float[] scratch, int at) {
        int step = Math.max(1, Gemm.kStep(head.size));
        int panels = Gemm.panels(head.keys);
        for (int c = 0; c < head.size; c += step) {
            int columns = Math.min(step, head.size - c);
            int out = at + c * panels * Gemm.NR;
            Gemm.pack(k.array, k.offset, k.stride, true, c, columns, head.keys, 0, panels, scale, scratch, out);
        }
    }

    /** Block after block of keys, each block all panels of the columns of V. */
    private static void packValues(Head head, Rows v, float[] scratch, int at) {
        int step = Math.max(1, Gemm.kStep(head.keys));
        int panels = Gemm.panels(head.valueSize);
        for (int key = 0; key < head.keys; key += step) {
            int keys = Math.min(step, head.keys - key);
            int out = at + key * panels * Gemm.NR;
            Gemm.pack(v.array, v.offset, v.stride, false, key, keys, head.valueSize, 0, panels, 1, scratch, out);
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
            AttentionRows.scale(y.array, y.at(0), head.valueSize, scratch[products(head)]);
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
        products(head, q, scratch, from, to, first, end);
        boolean late = weigh(spec, head, valid, mask, captured, scratch, from, to - from, first, end);
        int sums = products(head);
        values(head, y, scratch, from, to, first, end);
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
        int stride = stride(head);
        AttentionRows.capture(spec, AttentionSpec.Capture.PRODUCT, captured, scratch, stride, from, rows, end);
        AttentionRows.softcap(spec.softcap(), scratch, stride, rows, first, end);
        AttentionRows.capture(spec, AttentionSpec.Capture.AFTER_SOFTCAP, captured, scratch, stride, from, rows, end);
        AttentionRows.mask(spec, head, valid, mask, scratch, stride, from, rows, first, end);
        AttentionRows.capture(spec, AttentionSpec.Capture.AFTER_MASK, captured, scratch, stride, from, rows, end);
        // Where there are fewer values than products, dividing the sums of values is cheaper
        boolean late = captured == null && !spec.doubleSoftmax() && head.valueSize < end - first;
        int sums = late ? products(head) : -1;
        AttentionRows.softmax(spec, head, valid, mask, sums, scratch, stride, from, rows, first, end);
        AttentionRows.capture(spec, AttentionSpec.Capture.AFTER_SOFTMAX, captured, scratch, stride, from, rows, end);
        return late;
    }

    /** Scaled products of the queries with the keys from {@code first} to {@code end}, and maybe some keys before them. */
    private static void products(Head head, Rows q, float[] scratch, int from, int to, int first, int end) {
        int step = Math.max(1, Gemm.kStep(head.size));
        int panels = Gemm.panels(head.keys);
        int firstPanel = first / Gemm.NR;
        int c = 0;
        do {
            int columns = Math.min(step, head.size - c);
            Gemm.runBlock(
                    q.array,
                    q.at(from) + c,
                    q.stride,
                    scratch,
                    packedKeys(head) + (c * panels + firstPanel * columns) * Gemm.NR,
                    columns * Gemm.NR,
                    columns,
                    c == 0,
                    c + columns == head.size,
                    end,
                    scratch,
                    0,
                    stride(head),
                    null,
                    0,
                    0,
                    to - from,
                    firstPanel,
                    Gemm.panels(end),
                    Epilogue.NONE,
                    scratch,
                    packedKeys(head) - tileScratch(head));
            c += step;
        } while (c < head.size);
    }

    /** The values weighted with what the products have become. */
    private static void values(Head head, Rows y, float[] scratch, int from, int to, int first, int end) {
        int step = Math.max(1, Gemm.kStep(head.keys));
        int panels = Gemm.panels(head.valueSize);
        for (int key = first / step * step; key < end; key += step) {
            int packed = Math.min(step, head.keys - key);
            int low = Math.max(first, key);
            int high = Math.min(end, key + packed);
            Gemm.runBlock(
                    scratch,
                    low,
                    stride(head),
                    scratch,
                    packedValues(head) + key * panels * Gemm.NR + (low - key) * Gemm.NR,
                    packed * Gemm.NR,
                    high - low,
                    low == first,
                    high == end,
                    head.valueSize,
                    y.array,
                    y.at(from),
                    y.stride,
                    null,
                    0,
                    0,
                    to - from,
                    0,
                    panels,
                    Epilogue.NONE,
                    scratch,
                    packedKeys(head) - tileScratch(head));
        }
    }
}
