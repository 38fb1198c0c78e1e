package org.lanewise.quantization.prune;

/** How weights that become zero are chosen. */
public enum PruningMethod {
    /** The smallest, by the mean square of those that go together; needs no data. */
    MAGNITUDE,
    /** Those whose absence the others can best make up for, judged by the layer's inputs in calibration; the others do make up for it. Sources: optimal brain surgeon (Hassibi and Stork 1992), SparseGPT (Frantar and Alistarh 2023), Optimal Brain Compression (Frantar and Alistarh 2022). */
    SECOND_ORDER
}
