package org.lanewise.kernels.signal;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bluestein's algorithm: with {@code k t = (k^2 + t^2 - (k - t)^2) / 2} a transform of any length n becomes a convolution with {@code exp(pi i t^2 / n)}, which
 * transforms of a power of two compute.
 */
final class Chirp {
    /** Stands for not needing one. */
    static final Chirp NONE = new Chirp();

    private final int n;
    private final double[] cos;
    private final double[] sin;
    private final double[] kernel;
    private final @Nullable Fft inner;

    private Chirp() {
        this.n = 0;
        this.cos = new double[0];
        this.sin = new double[0];
        this.kernel = new double[0];
        this.inner = null;
    }

    Chirp(int n) {
        this.n = n;
        this.cos = new double[n];
        this.sin = new double[n];
        for (int t = 0; t < n; t++) {
            double angle =
                    Math.PI * ((long) t * t % (2L * n)) / n; // reduced while exact: t^2 would cost the angle its digits
            cos[t] = Math.cos(angle);
            sin[t] = Math.sin(angle);
        }
        int size = Integer.highestOneBit(2 * n - 1) << 1;
        Fft fft = Fft.plan(size);
        this.inner = fft;
        this.kernel = new double[fft.bufferSize()];
        kernel[0] = cos[0];
        for (int t = 1; t < n; t++) {
            kernel[t] = cos[t];
            kernel[size - t] = cos[t];
            kernel[size + t] = sin[t];
            kernel[2 * size - t] = sin[t];
        }
        fft.transform(kernel, false);
    }

    int bufferSize() {
        return inner == null ? 0 : inner.bufferSize();
    }

    /** Transforms the n numbers with parts at {@code real} and {@code imaginary} in place, working in {@code b} from {@code work} on. */
    void transform(double[] b, int real, int imaginary, int work) {
        Fft fft = Objects.requireNonNull(inner);
        int size = fft.length();
        Arrays.fill(b, work + n, work + size, 0);
        Arrays.fill(b, work + size + n, work + 2 * size, 0);
        for (int t = 0; t < n; t++) {
            double r = b[real + t];
            double i = b[imaginary + t];
            b[work + t] = r * cos[t] + i * sin[t];
            b[work + size + t] = i * cos[t] - r * sin[t];
        }
        fft.transform(b, work, false);
        for (int t = 0; t < size; t++) {
            double r = b[work + t];
            double i = b[work + size + t];
            b[work + t] = r * kernel[t] - i * kernel[size + t];
            b[work + size + t] = r * kernel[size + t] + i * kernel[t];
        }
        fft.transform(b, work, true);
        for (int t = 0; t < n; t++) {
            double r = b[work + t];
            double i = b[work + size + t];
            b[real + t] = r * cos[t] + i * sin[t];
            b[imaginary + t] = i * cos[t] - r * sin[t];
        }
    }
}
