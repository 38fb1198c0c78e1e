package org.lanewise.kernels.sparse;

/** How sparse weights are stored. */
public enum SparseForm {
    /** A list of the values that are not zero for each output channel. */
    LISTS,
    /** Pairs of consecutive output channels whose weights are zero in the same places. */
    BLOCKS_2,
    /** The same for four output channels. */
    BLOCKS_4,
    /** Of every M consecutive inputs at most N have a weight other than zero. */
    N_OF_M,
    /** Lists of several output channels side by side in the lanes of a vector, for products with one row. */
    LANE_LISTS,
    /** Runs of output channels whose weights are zero in the same places, for products with one row. */
    ROW_BLOCKS
}
