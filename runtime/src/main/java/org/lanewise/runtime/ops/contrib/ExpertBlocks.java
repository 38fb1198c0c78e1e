package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.PackedBlockwiseB;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Weights (E, N, K) of 2, 4 or 8 bits an element for {@link QMoE}, rows packed from the lowest bits, with a scale for each row or each block of K. Zero points are packed along the rows of one expert where scales are for rows, along the blocks of a row where they are for blocks; without them they are {@code 2^(bits - 1)}.
 *
 * @param experts E
 * @param n rows of an expert
 * @param k columns
 * @param bits of an element
 * @param block columns that share a scale; K where a row has one
 */
record ExpertBlocks(int experts, int n, int k, int bits, int block) {
    private static final int SMALLEST_BLOCK = 16;

    /**
     * The layers.
     *
     * @param weights (E, N, K / elements a byte)
     * @param scales (E, N) or (E, N, K / block)
     */
    Experts.Layer[] layers(Tensor weights, Tensor scales, @Nullable Tensor zeros, @Nullable Tensor bias) {
        int perByte = Byte.SIZE / bits;
        int blocks = (k + block - 1) / block;
        int row = (k + perByte - 1) / perByte;
        Shape bytes = Shape.of(experts, n, row);
        boolean perRow = scales.shape().rank() == 2 || blocks == 1;
        Shape expected = scales.shape().rank() == 2 ? Shape.of(experts, n) : Shape.of(experts, n, blocks);
        if (!weights.shape().equals(bytes) || !scales.shape().equals(expected)) {
            throw new IllegalArgumentException("weights have shape " + weights.shape() + " and scales " + scales.shape()
                    + ", expected " + bytes + " and " + expected);
        }
        int zeroRow = perRow ? (n + perByte - 1) / perByte : n * ((blocks + perByte - 1) / perByte);
        if (zeros != null && zeros.size() != experts * zeroRow) {
            throw new IllegalArgumentException(
                    "zero points have shape " + zeros.shape() + ", expected " + experts * zeroRow + " bytes");
        }
        float[] scale = scales.toFloatArray();
        Experts.Layer[] layers = new Experts.Layer[experts];
        for (int e = 0; e < experts; e++) {
            float[] zero = new float[n * blocks];
            for (int i = 0; i < zero.length; i++) {
                zero[i] = zeros == null ? 1 << bits - 1 : zero((ByteTensor) zeros, e * zeroRow, i, blocks, perRow);
            }
            layers[e] = layer(
                    (ByteTensor) weights, e * n * row, scale, e * n * blocks, zero, Experts.bias(bias, experts, e, n));
        }
        return layers;
    }

    private int zero(ByteTensor zeros, int from, int i, int blocks, boolean perRow) {
        int perByte = Byte.SIZE / bits;
        int line = perRow ? 0 : i / blocks * ((blocks + perByte - 1) / perByte);
        return element(zeros, from + line, perRow ? i : i % blocks);
    }

    private int element(ByteTensor tensor, int from, int i) {
        int perByte = Byte.SIZE / bits;
        return tensor.array()[tensor.offset() + from + i / perByte] >> i % perByte * bits & (1 << bits) - 1;
    }

    private Experts.Layer layer(
            ByteTensor weights, int at, float[] scales, int scaleAt, float[] zeros, float @Nullable [] bias) {
        int blocks = zeros.length / n;
        if (bits > 2 && Integer.bitCount(block) == 1 && block >= SMALLEST_BLOCK && k % block == 0) {
            float[] own = Arrays.copyOfRange(scales, scaleAt, scaleAt + zeros.length);
            PackedBlockwiseB packed =
                    PackedBlockwiseB.pack(weights.array(), weights.offset() + at, bits, block, k, n, own, 0, zeros, 0);
            return new Experts.Layer(null, packed, bias);
        }
        int perByte = Byte.SIZE / bits;
        int row = (k + perByte - 1) / perByte;
        float[] values = new float[n * k];
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < k; c++) {
                int parameter = i * blocks + c / block;
                int q = element(weights, at + i * row, c);
                values[i * k + c] = (q - zeros[parameter]) * scales[scaleAt + parameter];
            }
        }
        return new Experts.Layer(PackedB.pack(values, 0, k, true, k, n), null, bias);
    }
}
