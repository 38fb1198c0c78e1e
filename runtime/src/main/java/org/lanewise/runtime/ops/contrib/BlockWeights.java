package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.PackedBlockwiseB;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A matrix (N, K) of a few bits an element, in blocks along K that are whole bytes each: (N, blocks, bytes), the first element in the lowest bits. Zero points are packed likewise, each row whole bytes, or floating (N, blocks); where there
 * are none they are {@code 2^(bits - 1)}. As in {@code com.microsoft.MatMulNBits}.
 *
 * @param n rows
 * @param k columns
 * @param bits of an element: 2, 4 or 8
 * @param block elements of a block, a power of two and at least 16
 */
record BlockWeights(int n, int k, int bits, int block) {
    private static final int SMALLEST_BLOCK = 16;

    /** Reads {@code N, K, bits} and {@code block_size}. */
    static BlockWeights read(NodeSpec spec) {
        long bits = spec.intAttribute("bits", 4);
        if (bits != 2 && bits != 4 && bits != Byte.SIZE) {
            throw spec.refuse("bits is " + bits + ", expected 2, 4 or 8");
        }
        long block = spec.requiredInt("block_size");
        if (block < SMALLEST_BLOCK || Long.bitCount(block) != 1 || block > 1 << 30) {
            throw spec.refuse("block_size is " + block + ", expected a power of two of at least " + SMALLEST_BLOCK);
        }
        return new BlockWeights(size(spec, "N"), size(spec, "K"), (int) bits, (int) block);
    }

    private static int size(NodeSpec spec, String name) {
        long value = spec.requiredInt(name);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw spec.refuse(name + " is " + value + ", expected at least 1");
        }
        return (int) value;
    }

    private int blocks() {
        return (int) (((long) k + block - 1) / block);
    }

    /**
     * What the elements stand for, {@code scale (q - zero)}, (N, K) row by row.
     *
     * @param zeros packed or floating, {@code null} for {@code 2^(bits - 1)}
     * @param groups for each column the block whose scale and zero point it has; {@code null} for the one it lies in
     */
    float[] values(Tensor b, Tensor scales, @Nullable Tensor zeros, @Nullable Tensor groups) {
        int blocks = blocks();
        int bytes = (int) ((long) block * bits / Byte.SIZE);
        expect("B", b, (long) n * blocks * bytes);
        expect("scales", scales, (long) n * blocks);
        float[] scale = scales.toFloatArray();
        float[] zero = zeros(zeros, blocks);
        int[] group = new int[k];
        for (int i = 0; i < k; i++) {
            group[i] = groups == null ? i / block : Math.toIntExact(groups.getLong(i));
            if (group[i] < 0 || group[i] >= blocks) {
                throw new IllegalArgumentException(
                        "g_idx is " + group[i] + " for column " + i + ", expected 0 to " + (blocks - 1));
            }
        }
        float[] values = new float[Math.multiplyExact(n, k)];
        byte[] packed = ((ByteTensor) b).array();
        for (int row = 0; row < n; row++) {
            int from = b.offset() + row * blocks * bytes;
            for (int i = 0; i < k; i++) {
                int parameter = row * blocks + group[i];
                values[row * k + i] = (element(packed, from, i) - zero[parameter]) * scale[parameter];
            }
        }
        return values;
    }

    /**
     * The elements in the order of the kernel, in their bits; {@code null} where it has none for them.
     *
     * @param zeros as in {@link #values}
     */
    @Nullable
    PackedBlockwiseB packed(Tensor b, Tensor scales, @Nullable Tensor zeros) {
        if (bits != 4 && bits != Byte.SIZE) {
            return null;
        }
        int blocks = blocks();
        expect("B", b, (long) n * blocks * block * bits / Byte.SIZE);
        expect("scales", scales, (long) n * blocks);
        return PackedBlockwiseB.pack(
                ((ByteTensor) b).array(),
                b.offset(),
                bits,
                block,
                k,
                n,
                scales.toFloatArray(),
                0,
                zeros(zeros, blocks),
                0);
    }

    private float[] zeros(@Nullable Tensor zeros, int blocks) {
        float[] result = new float[n * blocks];
        if (zeros == null) {
            Arrays.fill(result, 1 << bits - 1);
        } else if (zeros.type().isFloating()) {
            expect("zero_points", zeros, result.length);
            result = zeros.toFloatArray();
        } else {
            int row = (blocks * bits + Byte.SIZE - 1) / Byte.SIZE;
            expect("zero_points", zeros, (long) n * row);
            byte[] packed = ((ByteTensor) zeros).array();
            for (int i = 0; i < result.length; i++) {
                result[i] = element(packed, zeros.offset() + i / blocks * row, i % blocks);
            }
        }
        return result;
    }

    private int element(byte[] packed, int from, int i) {
        int perByte = Byte.SIZE / bits;
        return (packed[from + i / perByte] >> (i % perByte * bits)) & ((1 << bits) - 1);
    }

    private static void expect(String name, Tensor tensor, long size) {
        if (tensor.size() != size) {
            throw new IllegalArgumentException(
                    name + " has shape " + tensor.shape() + ", expected " + size + " elements");
        }
    }
}
