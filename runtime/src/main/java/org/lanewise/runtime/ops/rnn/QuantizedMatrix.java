package org.lanewise.runtime.ops.rnn;

import java.util.Arrays;
import org.lanewise.kernels.gemm.GemmInt8;
import org.lanewise.kernels.gemm.PackedInt8B;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.kernels.quant.Rescale;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.quant.DynamicRange;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A matrix (K, N) of bytes that rows of floats are multiplied by, quantized by their range first.
 *
 * @param packed the bytes, zero points subtracted
 * @param scales one for all, or one for each column
 */
record QuantizedMatrix(PackedInt8B packed, float[] scales) {
    /** Matrix {@code d} of {@code matrices}, (D, K, N), with scales and zero points (D) or (D, N). */
    static QuantizedMatrix of(Tensor matrices, Tensor scale, Tensor zero, int d) {
        int k = matrices.shape().dim(1);
        int n = matrices.shape().dim(2);
        int directions = matrices.shape().dim(0);
        float[] scales = part(scale, directions, n, d);
        float[] zeros = part(zero, directions, n, d);
        int[] points = new int[zeros.length];
        for (int i = 0; i < points.length; i++) {
            points[i] = (int) zeros[i];
        }
        byte[] bytes = ((ByteTensor) matrices).array();
        int from = matrices.offset() + d * k * n;
        boolean signed = matrices.type() == DataType.INT8;
        return new QuantizedMatrix(PackedInt8B.pack(bytes, from, n, false, signed, k, n, points), scales);
    }

    private static float[] part(Tensor parameters, int directions, int n, int d) {
        int each = parameters.size() / directions;
        if (each * directions != parameters.size() || each != 1 && each != n) {
            throw new IllegalArgumentException("scales or zero points have shape " + parameters.shape()
                    + ", expected [" + directions + "] or [" + directions + "," + n + "]");
        }
        return Arrays.copyOfRange(parameters.toFloatArray(), d * each, (d + 1) * each);
    }

    /**
     * {@code y = x B} for {@code rows} rows of floats, (rows, K) and (rows, N), with one range for all of x.
     *
     * @param xBytes scratch of rows * K
     * @param sums scratch of rows * N
     */
    void multiply(
            OpContext context, float[] x, int xOff, int rows, float[] y, int yOff, byte[] xBytes, int[] sums) {
        int k = packed.k();
        int n = packed.n();
        DynamicRange range = DynamicRange.of(x, xOff, rows * k);
        Quantize.run(x, xOff, xBytes, 0, rows * k, range.scale(), range.zero(), true);
        int[] zero = {range.zero()};
        float[] both = new float[scales.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = range.scale() * scales[i];
        }
        long cost = 1 + (long) rows * n * k / 32 / Math.max(1, packed.panels());
        context.parallel(packed.panels(), cost, (from, to, scratch) -> {
            float[] memory = scratch.floats(GemmInt8.SCRATCH);
            GemmInt8.run(xBytes, 0, k, false, zero, packed, sums, 0, n, 0, rows, from, to, memory, 0);
        });
        for (int row = 0; row < rows; row++) {
            int step = both.length == 1 ? 0 : 1;
            Rescale.toFloats(sums, row * n, y, yOff + row * n, n, both, 0, step, null, 0);
        }
    }
}
