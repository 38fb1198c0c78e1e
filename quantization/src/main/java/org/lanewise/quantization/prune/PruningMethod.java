package org.lanewise.quantization.prune;

/** How weights that become zero are chosen. */
public enum PruningMethod {
    /** The smallest, by the mean square of those that go together; needs no data. */
    MAGNITUDE,
    /** Those whose absence the others can best make up for, judged by the layer's inputs in calibration; the others do make up for it. See {@link SecondOrder}. */
    SECOND_ORDER
}
