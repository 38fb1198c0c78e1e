package org.lanewise.kernels.attention;

import org.lanewise.kernels.attention.Attention.Head;
import org.lanewise.kernels.attention.Attention.Rows;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;

/** The two matrix products of an {@link Attention} of many queries, of a block of them at a time, with K and V packed once a call. The scratch is that of {@link AttentionScratch}. */
final class AttentionProducts {
    private AttentionProducts() {}

    /** Packs K times {@code scale}: block after block of its columns, each block all panels of keys. */
    static void packKeys(Head head, Rows k, float scale, float[] scratch) {
        int at = AttentionScratch.keys(head);
        int step = Math.max(1, Gemm.kStep(head.size()));
        int panels = Gemm.panels(head.keys());
        for (int c = 0; c < head.size(); c += step) {
            int columns = Math.min(step, head.size() - c);
            int out = at + c * panels * Gemm.NR;
            Gemm.pack(k.array(), k.offset(), k.stride(), true, c, columns, head.keys(), 0, panels, scale, scratch, out);
        }
    }

    /** Packs V: block after block of keys, each block all panels of the columns of V. */
    static void packValues(Head head, Rows v, float[] scratch) {
        int at = AttentionScratch.values(head);
        int step = Math.max(1, Gemm.kStep(head.keys()));
        int panels = Gemm.panels(head.valueSize());
        for (int key = 0; key < head.keys(); key += step) {
            int keys = Math.min(step, head.keys() - key);
            int out = at + key * panels * Gemm.NR;
            Gemm.pack(
                    v.array(), v.offset(), v.stride(), false, key, keys, head.valueSize(), 0, panels, 1, scratch, out);
        }
    }

    /** Scaled products of the queries with the keys from {@code first} to {@code end}, and maybe some keys before them. */
    static void withKeys(Head head, Rows q, float[] scratch, int from, int to, int first, int end) {
        int step = Math.max(1, Gemm.kStep(head.size()));
        int panels = Gemm.panels(head.keys());
        int firstPanel = first / Gemm.NR;
        int c = 0;
        do {
            int columns = Math.min(step, head.size() - c);
            Gemm.runBlock(
                    q.array(),
                    q.at(from) + c,
                    q.stride(),
                    scratch,
                    AttentionScratch.keys(head) + (c * panels + firstPanel * columns) * Gemm.NR,
                    columns * Gemm.NR,
                    columns,
                    c == 0,
                    c + columns == head.size(),
                    end,
                    scratch,
                    0,
                    AttentionScratch.stride(head.keys()),
                    null,
                    0,
                    0,
                    to - from,
                    firstPanel,
                    Gemm.panels(end),
                    Epilogue.NONE,
                    scratch,
                    AttentionScratch.tile(head));
            c += step;
        } while (c < head.size());
    }

    /** The values weighted with what the products have become. */
    static void withValues(Head head, Rows y, float[] scratch, int from, int to, int first, int end) {
        int step = Math.max(1, Gemm.kStep(head.keys()));
        int panels = Gemm.panels(head.valueSize());
        for (int key = first / step * step; key < end; key += step) {
            int packed = Math.min(step, head.keys() - key);
            int low = Math.max(first, key);
            int high = Math.min(end, key + packed);
            Gemm.runBlock(
                    scratch,
                    low,
                    AttentionScratch.stride(head.keys()),
                    scratch,
                    AttentionScratch.values(head) + key * panels * Gemm.NR + (low - key) * Gemm.NR,
                    packed * Gemm.NR,
                    high - low,
                    low == first,
                    high == end,
                    head.valueSize(),
                    y.array(),
                    y.at(from),
                    y.stride(),
                    null,
                    0,
                    0,
                    to - from,
                    0,
                    panels,
                    Epilogue.NONE,
                    scratch,
                    AttentionScratch.tile(head));
        }
    }
}
