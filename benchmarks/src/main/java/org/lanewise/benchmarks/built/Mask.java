package org.lanewise.benchmarks.built;

import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which weights of a product or convolution are zero. Weights are seen as a matrix of output channels and inputs; the inputs of a convolution come in the order (tap, input channel).
 *
 * @param zeros the part of them, 0 for none
 * @param channels output channels in a row that have their zeros at the same inputs
 * @param of if not 0, of so many inputs in a row (input channels at the same tap) {@code zeros * of} are zero, for each output channel; whatever is left over at the end of a row is not
 */
record Mask(double zeros, int channels, int of) {
    static final Mask NONE = new Mask(0, 1, 0);

    private static final Pattern SHARE = Pattern.compile("sparse(\\d{1,2})(?:x([1-9]\\d?))?");
    private static final Pattern N_OF_M = Pattern.compile("([1-9]\\d?)of([1-9]\\d?)");

    Mask {
        if (!(zeros >= 0 && zeros < 1)) {
            throw new IllegalArgumentException("zeros must be from 0 to below 1, got " + zeros);
        }
    }

    /** A mask by name: {@code sparse70} (70 % of the weights, anywhere), {@code sparse70x4} (in blocks of 4 output channels), {@code 2of4} (2 of 4 are left). */
    static Mask of(String name) {
        Matcher share = SHARE.matcher(name);
        if (share.matches()) {
            int channels = share.group(2) == null ? 1 : Integer.parseInt(share.group(2));
            return new Mask(Integer.parseInt(share.group(1)) / 100.0, channels, 0);
        }
        Matcher nOfM = N_OF_M.matcher(name);
        if (nOfM.matches()) {
            int kept = Integer.parseInt(nOfM.group(1));
            int of = Integer.parseInt(nOfM.group(2));
            if (kept <= of) {
                return new Mask(1 - (double) kept / of, 1, of);
            }
        }
        throw new IllegalArgumentException("'" + name + "': expected sparse70, sparse70x4, 2of4 or the like");
    }

    /**
     * Sets weights to zero.
     *
     * @param w weights as ONNX has them: (M, C, taps...), or (K, N) where {@code channelsLast}
     */
    void apply(float[] w, int[] dims, boolean channelsLast, SplittableRandom random) {
        if (zeros == 0) {
            return;
        }
        if (channels == 1 && of == 0) {
            for (int i = 0; i < w.length; i++) {
                if (random.nextDouble() < zeros) {
                    w[i] = 0;
                }
            }
            return;
        }
        int outputs = channelsLast ? dims[dims.length - 1] : dims[0];
        int inputs = w.length / outputs;
        int runs = channelsLast ? 1 : inputs / dims[1];
        int run = inputs / runs;
        for (int channel = 0; channel < outputs; channel += channels) {
            for (int tap = 0; tap < runs; tap++) {
                boolean[] zero = zeros(run, random);
                for (int input = 0; input < run; input++) {
                    for (int m = channel; zero[input] && m < Math.min(outputs, channel + channels); m++) {
                        w[channelsLast ? input * outputs + m : (m * run + input) * runs + tap] = 0;
                    }
                }
            }
        }
    }

    /** Which inputs of a run are zero. */
    private boolean[] zeros(int length, SplittableRandom random) {
        boolean[] zero = new boolean[length];
        if (of == 0) {
            for (int i = 0; i < length; i++) {
                zero[i] = random.nextDouble() < zeros;
            }
            return zero;
        }
        int wanted = (int) Math.round(zeros * of);
        for (int from = 0; from + of <= length; from += of) {
            for (int left = wanted; left > 0; ) {
                int at = from + random.nextInt(of);
                left -= zero[at] ? 0 : 1;
                zero[at] = true;
            }
        }
        return zero;
    }
}
