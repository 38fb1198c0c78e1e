package org.lanewise.quantization.prune;

/** How zeros are shared out among layers. */
public enum PruningScope {
    /** One threshold of magnitude over all layers says how many zeros each gets. */
    GLOBAL,
    /** Each layer gets the same share. */
    LAYER
}
