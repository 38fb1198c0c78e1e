package org.lanewise.kernels.quant;

/** What happens to the 32-bit sums of an integer layer. */
public sealed interface Int8End permits Requantization, Rescaling {
    /** Number of output channels. */
    int channels();

    /** What is added to the sums of a channel. */
    int bias(int channel);
}
