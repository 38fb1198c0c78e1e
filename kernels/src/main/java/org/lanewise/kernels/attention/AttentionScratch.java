package org.lanewise.kernels.attention;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.attention.Attention.Head;
import org.lanewise.kernels.gemm.Gemm;

/**
 * How the scratch of an {@link Attention} is divided: from 0 on the products of a block of queries, then a factor for each of its queries, the scratch of {@link Gemm}, K and V, both packed. A single query
 * needs the first two.
 */
final class AttentionScratch {
    /** Products of one block, at most. */
    private static final int BLOCK_VALUES = 16 << 10;

    private static final int LEAST_ROWS = 32;
    private static final int MOST_ROWS = 256;

    private AttentionScratch() {}

    /** Queries of a block. */
    static int blockRows(int keys) {
        return Math.clamp(BLOCK_VALUES / Math.max(1, keys) / Gemm.MR * Gemm.MR, LEAST_ROWS, MOST_ROWS);
    }

    /** Elements of the whole. */
    static int size(Head head) {
        if (head.queries() == 1) {
            return sizeOfOne(head.keys());
        }
        return Math.addExact(values(head), packedLength(head.valueSize(), head.keys()));
    }

    /** Elements of the whole for a head of a single query and up to {@code keys} keys. */
    static int sizeOfOne(int keys) {
        return Math.addExact(stride(keys), 1);
    }

    /** From a row of products to the next: whole vectors, so that no row has a tail. */
    static int stride(int keys) {
        return Math.multiplyExact(Math.addExact(keys, Simd.LANES - 1) / Simd.LANES, Simd.LANES);
    }

    /** Where the factors of the queries start. */
    static int factors(Head head) {
        return Math.multiplyExact(rows(head), stride(head.keys()));
    }

    /** Where the scratch of products starts. */
    static int tile(Head head) {
        return Math.addExact(factors(head), rows(head));
    }

    /** Where packed K starts. */
    static int keys(Head head) {
        int tileLength = Gemm.scratchLength(
                rows(head), Math.max(head.keys(), head.valueSize()), Math.max(head.keys(), head.size()));
        return Math.addExact(tile(head), tileLength);
    }

    /** Where packed V starts. */
    static int values(Head head) {
        return Math.addExact(keys(head), packedLength(head.keys(), head.size()));
    }

    private static int rows(Head head) {
        return Math.min(head.queries(), blockRows(head.keys()));
    }

    private static int packedLength(int columns, int k) {
        return Math.multiplyExact(Math.multiplyExact(Gemm.panels(columns), Gemm.NR), k);
    }
}
