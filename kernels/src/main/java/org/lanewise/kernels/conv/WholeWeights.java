package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.Requantization;

/**
 * Weights and bias of a convolution of bytes as whole numbers in {@code float}. Where weights are next to nothing a bias in steps of their scale can be more than {@code float} holds; if such a channel gives one byte
 * whatever comes in, its weights are 0 and its bias and scale give that byte.
 *
 * @param weights less their zero points, {@code (M, C / group, K...)}
 * @param bias one for each output channel
 * @param end what becomes of the sums, the bias in them
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record WholeWeights(float[] weights, float[] bias, Requantization end) {
    /** The largest difference of a byte and its zero point. */
    static final int LARGEST_X = 255;

    private static final int EXACT = 1 << 24;

    /** Arguments as for {@link ConvInt8Nhwc}. */
    static WholeWeights of(
            ConvGeometry g, byte[] w, int wOff, boolean wSigned, int @Nullable [] wZeros, Requantization end) {
        int channels = g.outChannels();
        float[] weights = new float[channels * g.depth()];
        float[] bias = new float[channels];
        boolean[] constant = new boolean[channels];
        for (int m = 0; m < channels; m++) {
            constant[m] = isConstant(end, m, largest(g, w, wOff, wSigned, wZeros, m));
        }
        Requantization all = end.withConstants(constant);
        for (int m = 0; m < channels; m++) {
            bias[m] = all.bias(m);
            for (int i = m * g.depth(); !constant[m] && i < (m + 1) * g.depth(); i++) {
                weights[i] = centred(w[wOff + i], wSigned, wZeros, m);
            }
        }
        return new WholeWeights(weights, bias, all);
    }

    /** Whether every sum of products with these weights, the bias included, and every part of it is exact in {@code float}, but for channels that give one byte whatever x holds. */
    static boolean areExact(
            ConvGeometry g, byte[] w, int wOff, boolean wSigned, int @Nullable [] wZeros, Requantization end) {
        for (int m = 0; m < g.outChannels(); m++) {
            long largest = largest(g, w, wOff, wSigned, wZeros, m);
            if (!isExact(end, m, largest) && !isConstant(end, m, largest)) {
                return false;
            }
        }
        return true;
    }

    private static int centred(byte w, boolean signed, int @Nullable [] zeros, int channel) {
        int zero = zeros == null ? 0 : zeros[zeros.length == 1 ? 0 : channel];
        return (signed ? w : w & 0xff) - zero;
    }

    /** The largest sum of products of a channel. */
    private static long largest(
            ConvGeometry g, byte[] w, int wOff, boolean wSigned, int @Nullable [] wZeros, int channel) {
        long largest = 0;
        for (int i = channel * g.depth(); i < (channel + 1) * g.depth(); i++) {
            largest += LARGEST_X * Math.abs(centred(w[wOff + i], wSigned, wZeros, channel));
        }
        return largest;
    }

    private static boolean isExact(Requantization end, int channel, long largest) {
        return Math.abs((long) end.bias(channel)) + largest < EXACT;
    }

    /** Whether a channel that fp32 cannot hold need not be computed. */
    private static boolean isConstant(Requantization end, int channel, long largest) {
        return !isExact(end, channel, largest) && end.isConstant(channel, largest);
    }
}
