package org.lanewise.kernels.sparse;

/** How constant weights that are mostly zeros are stored, output channel by output channel. */
public enum SparseForm {
    /** A list of the weights that are not zero for each output channel: any pattern. For products of many rows. */
    LISTS,

    /** Pairs of consecutive output channels share one list, hence a pattern: an activation is loaded once for two products. */
    BLOCKS_2,

    /** Four consecutive output channels share one list. */
    BLOCKS_4,

    /** Of M consecutive inputs at most N have a weight, for each output channel: 2:4 or 4:8. All lists have the same length. */
    N_OF_M,

    /** For one row: lists of a vector of output channels side by side. */
    LANE_LISTS,

    /** For one row: rows of a vector of output channels that are all zero are left out. */
    ROW_BLOCKS
}
