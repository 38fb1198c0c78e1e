package org.lanewise.quantization;

import org.jspecify.annotations.Nullable;

/**
 * A matrix (K, N) in small integers: {@code w = (q - zero) * scale}, with a scale and a zero point for each block of neighbouring k of a column.
 *
 * @param q (K, N), from 0 to {@code 2^bits - 1}
 * @param scales (blocks, N)
 * @param zeros (blocks, N)
 */
record BlockWeights(int k, int n, int bits, int blockSize, byte[] q, float[] scales, byte[] zeros) {
    /**
     * Quantizes a matrix.
     *
     * @param w (K, N), overwritten
     * @param inverse upper Cholesky factor of the inverse Hessian for {@link WeightOnlyOptions.Rounding#GPTQ}, (K, K); {@code null} to round to nearest
     */
    static BlockWeights of(float[] w, int k, int n, WeightOnlyOptions options, double @Nullable [] inverse) {
        int size = options.blockSize();
        int blocks = (k + size - 1) / size;
        BlockWeights result = new BlockWeights(
                k, n, options.bits(), size, new byte[k * n], new float[blocks * n], new byte[blocks * n]);
        float[] error = new float[n];
        for (int row = 0; row < k; row++) {
            if (row % size == 0) {
                result.chooseScales(w, row, options.symmetric());
            }
            for (int column = 0; column < n; column++) {
                error[column] = result.quantize(w[row * n + column], row, column);
            }
            if (inverse != null) {
                spread(w, k, n, row, error, inverse);
            }
        }
        return result;
    }

    /** Lets the rows below make up for the error of this one. */
    private static void spread(float[] w, int k, int n, int row, float[] error, double[] inverse) {
        double pivot = inverse[row * k + row];
        for (int below = row + 1; below < k; below++) {
            float factor = (float) (inverse[row * k + below] / pivot);
            int at = below * n;
            for (int column = 0; column < n; column++) {
                w[at + column] -= factor * error[column];
            }
        }
    }

    private void chooseScales(float[] w, int row, boolean symmetric) {
        int top = (1 << bits) - 1;
        int middle = 1 << (bits - 1);
        int end = Math.min(k, row + blockSize);
        for (int column = 0; column < n; column++) {
            float low = 0;
            float high = 0;
            for (int i = row; i < end; i++) {
                low = Math.min(low, w[i * n + column]);
                high = Math.max(high, w[i * n + column]);
            }
            int at = row / blockSize * n + column;
            double step = symmetric ? Math.max(-low, high) / (middle - 1) : (high - low) / (double) top;
            scales[at] = step == 0 ? 1 : (float) Math.max(step, Parameters.SMALLEST_SCALE);
            zeros[at] = (byte) (symmetric ? middle : (int) Math.clamp(Math.rint(-low / scales[at]), 0, top));
        }
    }

    /** Sets an integer; returns what is lost. */
    private float quantize(float value, int row, int column) {
        int at = row / blockSize * n + column;
        int zero = Byte.toUnsignedInt(zeros[at]);
        int integer = (int) Math.clamp(Math.rint(value / scales[at]) + zero, 0, (1 << bits) - 1);
        q[row * n + column] = (byte) integer;
        return value - (integer - zero) * scales[at];
    }

    int blocks() {
        return (k + blockSize - 1) / blockSize;
    }

    /** As {@code MatMulNBits} has them: (N, blocks, blockSize * bits / 8), the first of two in the low half of a byte; beyond K zero points. */
    byte[] packed() {
        int bytes = blockSize * bits / 8;
        byte[] packed = new byte[n * blocks() * bytes];
        for (int column = 0; column < n; column++) {
            for (int row = 0; row < blocks() * blockSize; row++) {
                int value = Byte.toUnsignedInt(row < k ? q[row * n + column] : zeros[row / blockSize * n + column]);
                int at = (column * blocks() + row / blockSize) * bytes + row % blockSize * bits / 8;
                packed[at] |= (byte) (bits == 4 && row % 2 == 1 ? value << 4 : value);
            }
        }
        return packed;
    }

    /** Zero points as {@code MatMulNBits} has them: (N, blocks * bits / 8), rounded up to whole bytes. */
    byte[] packedZeros() {
        int bytes = (blocks() * bits + 7) / 8;
        byte[] packed = new byte[n * bytes];
        for (int column = 0; column < n; column++) {
            for (int block = 0; block < blocks(); block++) {
                int value = Byte.toUnsignedInt(zeros[block * n + column]);
                packed[column * bytes + block * bits / 8] |= (byte) (bits == 4 && block % 2 == 1 ? value << 4 : value);
            }
        }
        return packed;
    }

    /** {@code values} (rows, N) as (N, rows). */
    float[] transposed(float[] values) {
        int rows = values.length / n;
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i % n * rows + i / n] = values[i];
        }
        return result;
    }

    /** As {@link #transposed(float[])}. */
    byte[] transposed(byte[] values) {
        int rows = values.length / n;
        byte[] result = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i % n * rows + i / n] = values[i];
        }
        return result;
    }
}
