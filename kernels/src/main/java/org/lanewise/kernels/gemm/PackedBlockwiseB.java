package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * A right-hand matrix (K, N) of integers of 4 or 8 bits with a scale and zero point for each block of K in each column: {@code B(k, n) = (q(k, n) - zero(n, k / size)) * scale(n,
 * k / size)}, as com.microsoft {@code MatMulNBits} has it. Stays in its bits. Immutable.
 */
public final class PackedBlockwiseB {
    private static final int LEAST_BLOCK = 16;
    private static final int NR = Gemm.NR;

    /** Panels; within one, rows of NR bytes: a value of 8 bits each, or those of rows 2i (low) and 2i + 1 of 4 bits. */
    final byte[] data;

    /** {@code (panels, blocks, NR)}. */
    final float[] scales;

    /** As {@link #scales}. */
    final float[] zeros;

    final int bits;
    final int blockSize;
    final int blocks;

    /** Bytes of a panel. */
    final int panelBytes;

    private final int k;
    private final int n;

    private PackedBlockwiseB(int bits, int blockSize, int k, int n) {
        this.bits = bits;
        this.blockSize = blockSize;
        this.k = k;
        this.n = n;
        this.blocks = Math.ceilDiv(k, blockSize);
        this.panelBytes = Math.multiplyExact(Math.ceilDiv(k, 2) * 2 * bits / 8, NR);
        this.data = new byte[Math.multiplyExact(panelBytes, Gemm.panels(n))];
        this.scales = new float[blocks * NR * Gemm.panels(n)];
        this.zeros = new float[scales.length];
    }

    /**
     * Packs B.
     *
     * @param b {@code (N, blocks, blockSize * bits / 8)}; of 4 bits, the even row is the low half
     * @param bits 4 or 8
     * @param blockSize a power of two from 16 on
     * @param scales {@code (N, blocks)}
     * @param zeros {@code (N, blocks)}, or null for {@code 2^(bits - 1)}
     */
    public static PackedBlockwiseB pack(
            byte[] b,
            int off,
            int bits,
            int blockSize,
            int k,
            int n,
            float[] scales,
            int scalesOff,
            float @Nullable [] zeros,
            int zerosOff) {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("values of " + bits + " bits, expected 4 or 8");
        }
        if (blockSize < LEAST_BLOCK || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException("blocks of " + blockSize + ", expected a power of two from 16 on");
        }
        PackedBlockwiseB packed = new PackedBlockwiseB(bits, blockSize, k, n);
        int blocks = packed.blocks;
        int blob = blockSize * bits / 8;
        Gemm.checkMatrix("B", b.length, off, blocks * blob, n, blocks * blob);
        Gemm.checkMatrix("scales", scales.length, scalesOff, blocks, n, blocks);
        if (zeros != null) {
            Gemm.checkMatrix("zero points", zeros.length, zerosOff, blocks, n, blocks);
        }
        for (int j = 0; j < n; j++) {
            int to = j / NR * packed.panelBytes + j % NR;
            for (int i = 0; i < k * bits / 8 + k * bits % 8 / 4; i++) {
                byte value = b[off + j * blocks * blob + i];
                boolean last = bits == 4 && 2 * i + 1 == k;
                packed.data[to + i * NR] = (byte) (last ? value & 15 : value);
            }
            for (int i = 0; i < blocks; i++) {
                int at = (j / NR * blocks + i) * NR + j % NR;
                packed.scales[at] = scales[scalesOff + j * blocks + i];
                packed.zeros[at] = zeros == null ? 1 << (bits - 1) : zeros[zerosOff + j * blocks + i];
            }
        }
        return packed;
    }

    /** Number of rows of B. */
    public int k() {
        return k;
    }

    /** Number of columns of B. */
    public int n() {
        return n;
    }

    /** Number of panels, the unit in which columns are split between threads. */
    public int panels() {
        return Gemm.panels(n);
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return data.length + 4L * (scales.length + zeros.length);
    }

    /** Writes {@code rows} rows of a panel, from row {@code k0} on, a multiple of the block size, as {@code float}. */
    void expand(int panel, int k0, int rows, float[] out, int outOff) {
        if (Simd.BITS >= 256) {
            for (int x = 0; x < rows; x += blockSize) {
                int parameters = (panel * blocks + (k0 + x) / blockSize) * NR;
                int count = Math.min(blockSize, rows - x);
                GemmBlockwiseVector.expand(this, panel * panelBytes, parameters, k0 + x, count, out, outOff + x * NR);
            }
            return;
        }
        for (int x = 0; x < rows; x++) {
            int row = k0 + x;
            int from = panel * panelBytes + (bits == 8 ? row : row / 2) * NR;
            int parameters = (panel * blocks + row / blockSize) * NR;
            int to = outOff + x * NR;
            int shift = bits == 8 ? 0 : row % 2 * 4;
            int mask = bits == 8 ? 0xff : 15;
            for (int j = 0; j < NR; j++) {
                out[to + j] = ((data[from + j] >> shift & mask) - zeros[parameters + j]) * scales[parameters + j];
            }
        }
    }
}
