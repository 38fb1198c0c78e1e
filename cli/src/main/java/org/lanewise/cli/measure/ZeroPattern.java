package org.lanewise.cli.measure;

import java.util.List;
import java.util.Random;

/**
 * Where a matrix (inputs, output channels) has its zeros.
 *
 * @param zeros the part of the values
 * @param channels output channels in a row that have theirs at the same inputs
 * @param of if not 0, of so many inputs in a row {@code zeros * of} are zero, for each output channel
 */
public record ZeroPattern(double zeros, int channels, int of) {
    /** Anywhere, in the order of their number: what a break-even is looked for in. */
    public static final List<ZeroPattern> ANYWHERE = List.of(
            anywhere(0.3),
            anywhere(0.4),
            anywhere(0.5),
            anywhere(0.6),
            anywhere(0.7),
            anywhere(0.8),
            anywhere(0.9),
            anywhere(0.95));

    /** What many rows have kernels for. */
    public static final List<ZeroPattern> STRUCTURED =
            List.of(new ZeroPattern(0.5, 1, 4), new ZeroPattern(0.7, 4, 0), new ZeroPattern(0.9, 4, 0));

    /** What single rows have kernels for. */
    public static final List<ZeroPattern> BLOCK_ROWS =
            List.of(new ZeroPattern(0.7, 16, 0), new ZeroPattern(0.9, 16, 0));

    private static ZeroPattern anywhere(double zeros) {
        return new ZeroPattern(zeros, 1, 0);
    }

    /** Whether zeros may be anywhere. */
    public boolean isAnywhere() {
        return channels == 1 && of == 0;
    }

    /** Such as {@code 2:4} or {@code x4}; empty if zeros may be anywhere. */
    public String name() {
        return of > 0 ? Math.round((1 - zeros) * of) + ":" + of : channels > 1 ? "x" + channels : "";
    }

    /** Seeded random values of a matrix with this pattern, (outputs, inputs) row by row. */
    float[] values(int outputs, int inputs, long seed) {
        Random random = new Random(seed);
        float[] w = new float[Math.multiplyExact(outputs, inputs)];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextFloat() - 0.5f;
        }
        for (int first = 0; first < outputs; first += channels) {
            boolean[] zero = of > 0 ? someOfEach(inputs, random) : some(inputs, random);
            for (int channel = first; channel < Math.min(outputs, first + channels); channel++) {
                for (int i = 0; i < inputs; i++) {
                    w[channel * inputs + i] *= zero[i] ? 0 : 1;
                }
            }
        }
        return w;
    }

    private boolean[] some(int length, Random random) {
        boolean[] zero = new boolean[length];
        for (int i = 0; i < length; i++) {
            zero[i] = random.nextDouble() < zeros;
        }
        return zero;
    }

    private boolean[] someOfEach(int length, Random random) {
        boolean[] zero = new boolean[length];
        for (int from = 0; from + of <= length; from += of) {
            for (long left = Math.round(zeros * of); left > 0; ) {
                int at = from + random.nextInt(of);
                left -= zero[at] ? 0 : 1;
                zero[at] = true;
            }
        }
        return zero;
    }
}
