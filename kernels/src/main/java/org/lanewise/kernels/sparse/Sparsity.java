package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * What the zeros of a constant weight look like, seen as a matrix B (K, N): K inputs, N output channels. A zero is a value that equals 0, so -0.0 is one and NaN is
 * not.
 *
 * @param k inputs of an output channel
 * @param n output channels
 * @param nonZeros values other than zero
 * @param emptyChannels output channels that are zero throughout
 * @param emptyInputs inputs that every output channel ignores
 * @param pairFill share of non-zeros in what a form stores in which 2 consecutive output channels have one pattern: 1 if they do share it; 1 without non-zeros
 * @param fourFill the same for 4 consecutive output channels
 * @param sixteenFill the same for 16
 * @param twoOfFour whether of 4 consecutive inputs an output channel has 2 at most
 * @param fourOfEight whether of 8 consecutive inputs an output channel has 4 at most
 */
public record Sparsity(
        int k,
        int n,
        long nonZeros,
        int emptyChannels,
        int emptyInputs,
        double pairFill,
        double fourFill,
        double sixteenFill,
        boolean twoOfFour,
        boolean fourOfEight) {
    /** Share of zeros up to which half of all values are there as a pattern allows. */
    private static final double MOST_ZEROS = 0.55;

    private static final int SIXTEEN = 16;

    /** Of a (K, N) matrix, its stored rows {@code ldb} values apart; it is stored as (N, K) if {@code transposed}. */
    public static Sparsity of(float[] b, int off, int ldb, boolean transposed, int k, int n) {
        int words = words(k);
        long[] bits = new long[Math.multiplyExact(words, n)];
        if (transposed) {
            for (int channel = 0; channel < n; channel++) {
                for (int i = 0; i < k; i++) {
                    bits[channel * words + (i >> 6)] |= bit(b[off + channel * ldb + i], i);
                }
            }
        } else {
            for (int first = 0; first < n; first += SIXTEEN) { // the values of a cache line at a time
                int end = Math.min(n, first + SIXTEEN);
                for (int i = 0; i < k; i++) {
                    int at = off + i * ldb;
                    for (int channel = first; channel < end; channel++) {
                        bits[channel * words + (i >> 6)] |= bit(b[at + channel], i);
                    }
                }
            }
        }
        return of(bits, k, n);
    }

    /**
     * Of the weights (M, C/group, taps) of a convolution: M output channels with the inputs {@code tap * C/group + channel}.
     *
     * @param channels C/group
     */
    public static Sparsity ofFilters(float[] w, int off, int filters, int channels, int taps) {
        int k = Math.multiplyExact(channels, taps);
        int words = words(k);
        long[] bits = new long[Math.multiplyExact(words, filters)];
        int at = off;
        for (int m = 0; m < filters; m++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    int i = t * channels + c;
                    bits[m * words + (i >> 6)] |= bit(w[at++], i);
                }
            }
        }
        return of(bits, k, filters);
    }

    /** How many of {@code length} values are zero: fast, to tell dense weights from those worth a closer look. */
    public static long zeros(float[] values, int off, int length) {
        if (off < 0 || length < 0 || length > values.length - off) {
            throw new IllegalArgumentException(length + " values from " + off + " of " + values.length);
        }
        if (Simd.ENABLED) {
            return SparsityVector.zeros(values, off, length);
        }
        long zeros = 0;
        for (int i = off; i < off + length; i++) {
            zeros += values[i] == 0 ? 1 : 0;
        }
        return zeros;
    }

    /** Share of zeros, 0 to 1; 0 of an empty matrix. */
    public double zeroShare() {
        long all = (long) k * n;
        return all == 0 ? 0 : 1 - (double) nonZeros / all;
    }

    /** The form for many rows that fits the pattern: blocks only if their channels share it without exception. */
    public SparseForm form() {
        if (fourFill == 1 && n % 4 == 0) {
            return SparseForm.BLOCKS_4;
        }
        if (pairFill == 1 && n % 2 == 0) {
            return SparseForm.BLOCKS_2;
        }
        boolean half = zeroShare() <= MOST_ZEROS; // with fewer values, chance makes such patterns
        return half && (twoOfFour || fourOfEight) ? SparseForm.N_OF_M : SparseForm.LISTS;
    }

    private static int words(int k) {
        return (k + Long.SIZE - 1) / Long.SIZE;
    }

    private static long bit(float value, int i) {
        return value == 0 ? 0 : 1L << i;
    }

    /** From a bit an input, a run of words an output channel. */
    private static Sparsity of(long[] bits, int k, int n) {
        int words = words(k);
        long nonZeros = 0;
        int emptyChannels = 0;
        boolean twoOfFour = true;
        boolean fourOfEight = true;
        for (int channel = 0; channel < n; channel++) {
            long count = 0;
            for (int i = channel * words; i < (channel + 1) * words; i++) {
                count += Long.bitCount(bits[i]);
                twoOfFour &= atMostTwoOfFour(bits[i]);
                fourOfEight &= atMostFourOfEight(bits[i]);
            }
            nonZeros += count;
            emptyChannels += count == 0 ? 1 : 0;
        }
        return new Sparsity(
                k,
                n,
                nonZeros,
                emptyChannels,
                emptyInputs(bits, words, k, n),
                fill(bits, words, n, 2, nonZeros),
                fill(bits, words, n, 4, nonZeros),
                fill(bits, words, n, SIXTEEN, nonZeros),
                twoOfFour,
                fourOfEight);
    }

    private static int emptyInputs(long[] bits, int words, int k, int n) {
        int used = 0;
        for (int word = 0; word < words; word++) {
            used += Long.bitCount(any(bits, words, word, 0, n));
        }
        return k - used;
    }

    private static double fill(long[] bits, int words, int n, int block, long nonZeros) {
        long stored = 0;
        for (int first = 0; first < n; first += block) {
            int end = Math.min(n, first + block);
            for (int word = 0; word < words; word++) {
                stored += (long) (end - first) * Long.bitCount(any(bits, words, word, first, end));
            }
        }
        return stored == 0 ? 1 : (double) nonZeros / stored;
    }

    private static long any(long[] bits, int words, int word, int from, int to) {
        long any = 0;
        for (int channel = from; channel < to; channel++) {
            any |= bits[channel * words + word];
        }
        return any;
    }

    private static boolean atMostTwoOfFour(long bits) {
        return (inFours(bits) + 0x5555555555555555L & 0x8888888888888888L) == 0; // 3 and 4 carry into the highest bit
    }

    private static boolean atMostFourOfEight(long bits) {
        long fours = inFours(bits);
        long eights = (fours & 0x0f0f0f0f0f0f0f0fL) + (fours >>> 4 & 0x0f0f0f0f0f0f0f0fL);
        return (eights + 0x7b7b7b7b7b7b7b7bL & 0x8080808080808080L) == 0; // 5 and more carry into the highest bit
    }

    /** Number of bits in each group of four. */
    private static long inFours(long bits) {
        long twos = bits - (bits >>> 1 & 0x5555555555555555L);
        return (twos & 0x3333333333333333L) + (twos >>> 2 & 0x3333333333333333L);
    }
}
