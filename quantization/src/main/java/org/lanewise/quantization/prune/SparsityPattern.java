package org.lanewise.quantization.prune;

import java.util.Locale;

/**
 * Which weights may become zero together. Weights of a layer are seen as a matrix (output channels, inputs); the inputs of a convolution are in the order (tap, input channel), those of each group a matrix of their own.
 */
public enum SparsityPattern {
    /** Any. */
    UNSTRUCTURED(1, 0, 0),
    /**
     * For each output channel, of four consecutive inputs at most two weights are not zero. For a convolution these are consecutive input channels at the same tap: fours begin anew at each tap, and where the number of
     * channels is no multiple of four the last of a tap have as many of theirs.
     */
    TWO_OF_FOUR(1, 2, 4),
    /** The same with at most four of eight. */
    FOUR_OF_EIGHT(1, 4, 8),
    /** Two consecutive output channels, the first of them even within its group, have their zeros at the same inputs; so does what is left at the end. */
    BLOCK2(2, 0, 0),
    /** The same with four output channels. */
    BLOCK4(4, 0, 0),
    /** The same with sixteen, for products of a single row. */
    ROWS16(16, 0, 0);

    private final int rows;
    private final int kept;
    private final int of;

    SparsityPattern(int rows, int kept, int of) {
        this.rows = rows;
        this.kept = kept;
        this.of = of;
    }

    /** Output channels with the same pattern of zeros. */
    public int rows() {
        return rows;
    }

    /** Weights of {@link #of} consecutive inputs that may be other than zero; 0 where any number may. */
    public int kept() {
        return kept;
    }

    /** Consecutive inputs of which {@link #kept} are not zero; 0 where there is no such limit. */
    public int of() {
        return of;
    }

    /** Whether it says itself how many weights are zero. */
    public boolean isFixed() {
        return of > 0;
    }

    /** Zeros that a run of {@code length} inputs gets. */
    int zeros(int length) {
        return length / of * (of - kept) + Math.max(0, length % of - kept);
    }

    /** As it is written on the command line: {@code unstructured}, {@code 2:4}, {@code block4}. */
    @Override
    public String toString() {
        return of > 0 ? kept + ":" + of : name().toLowerCase(Locale.ROOT);
    }
}
