package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = A B'} or {@code Y = A B} with B (N, K) in 4 bits as the library bitsandbytes stores it (Dettmers et al. 2023): all elements in a row are cut into blocks, each with its largest magnitude, and an element is one of sixteen shares of that. Two share a byte, the first in the upper half. Inputs A, B, absmax. B is expanded to fp32 once. {@code com.microsoft.MatMulBnb4}-1.
 *
 * @param k columns of B
 * @param n rows of B
 * @param block elements of a block
 * @param normal whether the shares are quantiles of the normal distribution (NF4), not a floating type of 4 bits (FP4)
 * @param transposed whether B is transposed
 */
public record MatMulBnb4(int k, int n, int block, boolean normal, boolean transposed)
        implements Operator, Prepacks, ComputesInFloat {
    private static final int SMALLEST_BLOCK = 16;

    private static final float[] NF4 = {
        -1,
        -0.6961928009986877f,
        -0.5250730514526367f,
        -0.39491748809814453f,
        -0.28444138169288635f,
        -0.18477343022823334f,
        -0.09105003625154495f,
        0,
        0.07958029955625534f,
        0.16093020141124725f,
        0.24611230194568634f,
        0.33791524171829224f,
        0.44070982933044434f,
        0.5626170039176941f,
        0.7229568362236023f,
        1
    };

    /** Magnitudes; the highest of the four bits is the sign. */
    private static final float[] FP4 = {0, 5.208333333e-03f, 2 / 3f, 1, 1 / 3f, 0.5f, 1 / 6f, 0.25f};

    /** From a node. */
    public static MatMulBnb4 create(NodeSpec spec) {
        spec.inputs(3, 3);
        long block = spec.requiredInt("block_size");
        if (block < SMALLEST_BLOCK || Long.bitCount(block) != 1 || block > 1 << 30) {
            throw spec.refuse("block_size is " + block + ", expected a power of two of at least " + SMALLEST_BLOCK);
        }
        long type = spec.requiredInt("quant_type");
        if (type != 0 && type != 1) {
            throw spec.refuse("quant_type is " + type + ", expected 0 (FP4) or 1 (NF4)");
        }
        spec.acknowledge("training_mode"); // what training needs is kept by its own provider
        return new MatMulBnb4(size(spec, "K"), size(spec, "N"), (int) block, type == 1, spec.flag("transB", true));
    }

    private static int size(NodeSpec spec, String name) {
        long value = spec.requiredInt(name);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw spec.refuse(name + " is " + value + ", expected at least 1");
        }
        return (int) value;
    }

    private int inner() {
        return transposed ? k : n;
    }

    private int outer() {
        return transposed ? n : k;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        Types.check(context, 1, Set.of(DataType.UINT8));
        Types.same(context, 2, 0);
        PartialShape a = context.inputShape(0);
        if (a.isRanked() && (a.rank() == 0 || a.dim(-1) >= 0 && a.dim(-1) != inner())) {
            throw new IllegalArgumentException("A has shape " + a + ", expected " + inner() + " columns");
        }
        context.output(0, type, a.isRanked() ? a.with(a.rank() - 1, outer()) : a);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        Tensor b = context.constant(1);
        Tensor largest = context.constant(2);
        return b == null || largest == null ? null : new Packed(packed(b, largest), Set.of(1, 2));
    }

    private PackedB packed(Tensor b, Tensor largest) {
        int count = Math.multiplyExact(n, k);
        if (b.size() != (count + 1) / 2 || largest.size() != (count + block - 1) / block) {
            throw new IllegalArgumentException("B has shape " + b.shape() + " and absmax " + largest.shape()
                    + ", expected " + (count + 1) / 2 + " bytes and " + (count + block - 1) / block + " blocks");
        }
        byte[] bytes = ((ByteTensor) b).array();
        float[] scale = largest.toFloatArray();
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int code = bytes[b.offset() + i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
            float share = normal ? NF4[code] : code < FP4.length ? FP4[code] : -FP4[code - FP4.length];
            values[i] = share * scale[i / block];
        }
        return PackedB.pack(values, 0, k, transposed, inner(), outer());
    }

    @Override
    public void run(OpContext context) {
        FloatTensor a = (FloatTensor) context.input(0);
        Shape shape = a.shape();
        if (shape.rank() == 0 || shape.dim(-1) != inner()) {
            throw new IllegalArgumentException("A has shape " + shape + ", expected " + inner() + " columns");
        }
        PackedB b = context.packed() instanceof PackedB given ? given : packed(context.input(1), context.input(2));
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shape.with(shape.rank() - 1, outer()));
        FloatProduct.run(context, a, a.size() / inner(), b, y, null, Epilogue.NONE);
    }
}
