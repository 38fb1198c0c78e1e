package org.lanewise.kernels.signal;

import java.util.Arrays;

/**
 * A discrete Fourier transform of one length: {@code y[k] = sum over t of x[t] exp(-2 pi i k t / n)}, and its inverse with {@code +} in the exponent and
 * divided by n. Immutable; one plan serves any number of threads, each with its own buffer.
 *
 * <p>In O(n log n) for every n: lengths whose prime factors are at most {@value #LARGEST_RADIX} go through Stockham's mixed-radix algorithm (Cochran et al., What
 * is the fast Fourier transform?, 1967), all others through Bluestein's convolution with a chirp (A linear filtering approach to the computation of the
 * discrete Fourier transform, 1970). Always in {@code double}: the noise of {@code float} would show in a result that is close to zero.
 */
public final class Fft {
    /** Longest transform. */
    public static final int MAX_LENGTH = 1 << 24;

    private static final int LARGEST_RADIX = 23;

    private final int n;
    private final RadixStage[] stages;
    private final Chirp chirp;

    private Fft(int n, RadixStage[] stages, Chirp chirp) {
        this.n = n;
        this.stages = stages;
        this.chirp = chirp;
    }

    /**
     * Plans transforms of {@code n} complex numbers.
     *
     * @throws IllegalArgumentException if n is not in 1..{@link #MAX_LENGTH}
     */
    public static Fft of(int n) {
        if (n < 1 || n > MAX_LENGTH) {
            throw new IllegalArgumentException("a transform of length " + n + " is outside 1..2^24");
        }
        return plan(n);
    }

    /** As {@link #of} without the limit: the convolution of a chirp is longer than the transform it is for. */
    static Fft plan(int n) {
        int[] radices = radices(n);
        if (radices.length > 0 && radices[radices.length - 1] > LARGEST_RADIX) {
            return new Fft(n, new RadixStage[0], new Chirp(n));
        }
        RadixStage[] stages = new RadixStage[radices.length];
        int left = n;
        int stride = 1;
        for (int i = 0; i < radices.length; i++) {
            stages[i] = new RadixStage(radices[i], left, stride);
            left /= radices[i];
            stride *= radices[i];
        }
        return new Fft(n, stages, Chirp.NONE);
    }

    /** Number of complex numbers that are transformed. */
    public int length() {
        return n;
    }

    /** Elements that the buffer of {@link #transform} must have. */
    public int bufferSize() {
        return chirp == Chirp.NONE ? 4 * n : 2 * n + chirp.bufferSize();
    }

    /**
     * Transforms in place: real parts in {@code buffer[0..n)}, imaginary parts in {@code buffer[n..2n)}; what follows is overwritten.
     *
     * @param inverse whether to transform back
     */
    public void transform(double[] buffer, boolean inverse) {
        transform(buffer, 0, inverse);
    }

    /** As {@link #transform(double[], boolean)}, everything {@code base} further on. */
    void transform(double[] buffer, int base, boolean inverse) {
        // Exchanging the parts before and after turns the transform into n times its inverse
        int real = inverse ? base + n : base;
        int imaginary = inverse ? base : base + n;
        if (chirp == Chirp.NONE) {
            stages(buffer, base, real, imaginary);
        } else {
            chirp.transform(buffer, real, imaginary, base + 2 * n);
        }
        if (inverse) {
            double scale = 1.0 / n;
            for (int i = base; i < base + 2 * n; i++) {
                buffer[i] *= scale;
            }
        }
    }

    private void stages(double[] buffer, int base, int real, int imaginary) {
        int shift = 2 * n;
        boolean moved = false;
        for (RadixStage stage : stages) {
            int from = moved ? shift : 0;
            int to = shift - from;
            stage.run(buffer, real + from, imaginary + from, real + to, imaginary + to);
            moved = !moved;
        }
        if (moved) {
            System.arraycopy(buffer, base + shift, buffer, base, shift);
        }
    }

    /** The factors of n that stages take, the largest last: fours, a two if one is left, then odd primes. */
    private static int[] radices(int n) {
        int[] factors = new int[32];
        int count = 0;
        int left = n;
        while (left % 4 == 0) {
            factors[count++] = 4;
            left /= 4;
        }
        if (left % 2 == 0) {
            factors[count++] = 2;
            left /= 2;
        }
        for (int p = 3; (long) p * p <= left; p += 2) {
            while (left % p == 0) {
                factors[count++] = p;
                left /= p;
            }
        }
        if (left > 1) {
            factors[count++] = left;
        }
        return Arrays.copyOf(factors, count);
    }
}
