package org.lanewise.kernels.signal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FftTest {
    /** Straight from the definition. */
    private static double[] slow(double[] x, int n) {
        double[] y = new double[2 * n];
        for (int k = 0; k < n; k++) {
            for (int t = 0; t < n; t++) {
                double angle = -2 * Math.PI * ((long) k * t % n) / n;
                y[k] += x[t] * Math.cos(angle) - x[n + t] * Math.sin(angle);
                y[n + k] += x[t] * Math.sin(angle) + x[n + t] * Math.cos(angle);
            }
        }
        return y;
    }

    private static double[] random(Fft fft) {
        Random random = new Random(fft.length());
        double[] buffer = new double[fft.bufferSize()];
        for (int i = 0; i < buffer.length; i++) {
            buffer[i] = random.nextDouble() - 0.5; // behind the signal as well: it must not matter
        }
        return buffer;
    }

    private static double[] front(double[] buffer, int n) {
        return Arrays.copyOf(buffer, 2 * n);
    }

    @Test
    void fourPointsByHand() {
        Fft fft = Fft.of(4);
        double[] buffer = new double[fft.bufferSize()];
        System.arraycopy(new double[] {1, 2, 3, 4}, 0, buffer, 0, 4);
        fft.transform(buffer, false);
        assertArrayEquals(new double[] {10, -2, -2, -2, 0, 2, 0, -2}, front(buffer, 4), 1e-14);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 23, 29, 31, 37, 49, 60, 64, 97, 100, 121, 128, 210, 251, 256,
                400, 480, 509, 1001
            })
    void isTheDefinition(int n) {
        Fft fft = Fft.of(n);
        double[] buffer = random(fft);
        double[] expected = slow(buffer, n);
        fft.transform(buffer, false);
        assertArrayEquals(expected, front(buffer, n), 1e-12 * n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 31, 60, 97, 256, 1000, 1009, 4096, 65537})
    void theInverseRestores(int n) {
        Fft fft = Fft.of(n);
        double[] buffer = random(fft);
        double[] signal = front(buffer, n);
        fft.transform(buffer, false);
        fft.transform(buffer, true);
        assertArrayEquals(signal, front(buffer, n), 1e-13);
    }

    @Test
    void lengthsOutsideTheLimitsAreNamed() {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> Fft.of(0));
        assertEquals("a transform of length 0 is outside 1..2^24", error.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Fft.of(Fft.MAX_LENGTH + 1));
    }
}
