package org.lanewise.runtime.ops.signal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.signal.Fft;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** What DFT and STFT share: plans, lines of complex numbers in a buffer of {@link Fft}, checks. */
final class Spectrum {
    private Spectrum() {}

    /** The plan that was made before the run if it is of length {@code n}, else a new one. */
    static Fft plan(@Nullable Object packed, int n) {
        return packed instanceof Fft fft && fft.length() == n ? fft : Fft.of(n);
    }

    /**
     * Reads up to {@code count} numbers of {@code components} parts, {@code step} elements apart, to the front of a buffer for {@code n}, and zeros for the rest.
     */
    static void read(Tensor x, int at, int step, int components, int count, double[] buffer, int n) {
        if (components == 2) {
            Elements.read(x, at + 1, step, buffer, count);
            System.arraycopy(buffer, 0, buffer, n, count);
        } else {
            Arrays.fill(buffer, n, n + count, 0);
        }
        Arrays.fill(buffer, n + count, 2 * n, 0);
        Elements.read(x, at, step, buffer, count);
        Arrays.fill(buffer, count, n, 0);
    }

    /** Writes the first {@code count} numbers of a buffer for {@code n}, {@code step} elements apart; overwrites the real parts. */
    static void write(double[] buffer, int n, Tensor y, int at, int step, int components, int count) {
        Elements.write(buffer, y, at, step, count);
        if (components == 2) {
            System.arraycopy(buffer, n, buffer, 0, count);
            Elements.write(buffer, y, at + 1, step, count);
        }
    }

    /** A length or step given as a one-element tensor. */
    static int positive(Tensor t, String name) {
        long value = t.size() == 1 ? t.getLong(0) : 0;
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name + " is " + (t.size() == 1 ? Long.toString(value) : t.toString())
                    + ", expected one positive number");
        }
        return (int) value;
    }

    /** Fails unless {@code last} is 1 (real) or 2 (complex), or unknown. */
    static void checkComponents(long last) {
        if (last != PartialShape.UNKNOWN && last != 1 && last != 2) {
            throw new IllegalArgumentException("the last dimension is " + last + ", expected 1 (real) or 2 (complex)");
        }
    }
}
