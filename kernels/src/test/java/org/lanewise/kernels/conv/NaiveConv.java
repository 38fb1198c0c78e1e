package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;

/** Convolution by its definition, in double precision: what every kernel is compared with. */
final class NaiveConv {
    private NaiveConv() {}

    /** {@code (N, C, I..)} and {@code (M, C/group, K..)} to {@code (N, M, O..)}. */
    static double[] run(ConvGeometry g, double[] x, double[] w, double @Nullable [] bias) {
        double[] y = new double[g.outputSize()];
        int pixels = g.outputPixels();
        for (int i = 0; i < y.length; i++) {
            int m = i / pixels % g.outChannels();
            int n = i / pixels / g.outChannels();
            double sum = bias == null ? 0 : bias[m];
            for (int c = 0; c < g.groupInChannels(); c++) {
                int channel = m / g.groupOutChannels() * g.groupInChannels() + c;
                for (int tap = 0; tap < g.taps(); tap++) {
                    int in = inputPixel(g, i % pixels, tap);
                    if (in >= 0) {
                        sum += x[(n * g.inChannels() + channel) * g.inputPixels() + in]
                                * w[(m * g.groupInChannels() + c) * g.taps() + tap];
                    }
                }
            }
            y[i] = sum;
        }
        return y;
    }

    /** {@code (N, C, I..)} and {@code (C, M/group, K..)} to {@code (N, M, O..)}, for the geometry of the adjoint. */
    static double[] transposed(ConvGeometry g, double[] x, double[] w, double @Nullable [] bias) {
        double[] y = new double[g.inputSize()];
        int size = g.inputPixels();
        for (int i = 0; i < y.length; i++) {
            y[i] = bias == null ? 0 : bias[i / size % g.inChannels()];
        }
        int pixels = g.outputPixels();
        for (int i = 0; i < g.outputSize(); i++) {
            int c = i / pixels % g.outChannels();
            int n = i / pixels / g.outChannels();
            for (int m = 0; m < g.groupInChannels(); m++) {
                int channel = c / g.groupOutChannels() * g.groupInChannels() + m;
                for (int tap = 0; tap < g.taps(); tap++) {
                    int out = inputPixel(g, i % pixels, tap);
                    if (out >= 0) {
                        y[(n * g.inChannels() + channel) * size + out] +=
                                x[i] * w[(c * g.groupInChannels() + m) * g.taps() + tap];
                    }
                }
            }
        }
        return y;
    }

    /** The input pixel that a tap of an output pixel's window reads, or -1 in the padding. */
    static int inputPixel(ConvGeometry g, int outputPixel, int tap) {
        int[] position = new int[g.rank()];
        int pixel = outputPixel;
        int rest = tap;
        for (int a = g.rank() - 1; a >= 0; a--) {
            WindowAxis axis = g.axis(a);
            position[a] =
                    pixel % axis.output() * axis.stride() - axis.padBegin() + rest % axis.kernel() * axis.dilation();
            pixel /= axis.output();
            rest /= axis.kernel();
            if (position[a] < 0 || position[a] >= axis.input()) {
                return -1;
            }
        }
        int in = 0;
        for (int a = 0; a < g.rank(); a++) {
            in = in * g.axis(a).input() + position[a];
        }
        return in;
    }
}
