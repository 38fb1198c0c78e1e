package org.lanewise.runtime.ops.quant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmInt8;
import org.lanewise.kernels.gemm.PackedInt8B;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Products of matrices of bytes with zero points, summed exactly in {@code INT32}; shapes as in {@code MatMul}. A zero point is one for all, one for each row of A or column
 * of B, or one for each of those in each matrix.
 *
 * @param matrices B, its zero points subtracted, one for each matrix it has
 */
record ByteProduct(PackedInt8B[] matrices) {
    private static final int ROWS = 64;
    private static final int PANELS = 16;

    /** Where the sums of a piece of work are used while they are in cache. */
    @FunctionalInterface
    interface Finish {
        /** Uses rows {@code fromRow..toRow}, columns {@code fromColumn..toColumn} of the product of batch {@code batch}. */
        void run(int batch, int fromRow, int toRow, int fromColumn, int toColumn);
    }

    /** Checks the types of A and B and of their zero points. */
    static void check(ShapeContext context, int a, int b, int aZero, int bZero) {
        Types.check(context, a, QuantizedTypes.BYTES);
        Types.check(context, b, QuantizedTypes.BYTES);
        if (aZero < context.inputCount() && context.hasInput(aZero)) {
            Types.same(context, aZero, a);
        }
        if (bZero < context.inputCount() && context.hasInput(bZero)) {
            Types.same(context, bZero, b);
        }
    }

    /** Packs B. */
    static ByteProduct pack(Tensor b, @Nullable Tensor zero) {
        boolean vector = b.shape().rank() == 1;
        int k = vector ? b.size() : b.shape().dim(-2);
        int n = vector ? 1 : b.shape().dim(-1);
        int count =
                b.shape().rank() <= 2 ? 1 : b.shape().sizeBetween(0, b.shape().rank() - 2);
        byte[] array = ((ByteTensor) b).array();
        PackedInt8B[] packed = new PackedInt8B[count];
        for (int i = 0; i < count; i++) {
            int[] zeros = zeros(zero, i, n, count);
            packed[i] =
                    PackedInt8B.pack(array, b.offset() + i * k * n, n, false, b.type() == DataType.INT8, k, n, zeros);
        }
        return new ByteProduct(packed);
    }

    /**
     * Computes the product.
     *
     * @param c from {@code cOffset} on, batch after batch
     */
    void run(
            OpContext context,
            MatrixShapes shapes,
            Tensor a,
            @Nullable Tensor aZero,
            int[] c,
            int cOffset,
            Finish finish) {
        int m = shapes.m();
        int n = shapes.n();
        int k = shapes.k();
        byte[] array = ((ByteTensor) a).array();
        boolean signed = a.type() == DataType.INT8;
        int panels = matrices.length == 0 ? 0 : matrices[0].panels();
        int rowPieces = (m + ROWS - 1) / ROWS;
        int panelPieces = (panels + PANELS - 1) / PANELS;
        int perBatch = rowPieces * panelPieces;
        int[] @Nullable [] zeros = new int[shapes.aBatch().size()][];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = zeros(aZero, i, m, zeros.length);
        }
        long cost = 1 + (long) Math.min(ROWS, m) * Math.min(PANELS * Gemm.NR, n) * k / 32;
        context.kernel(matrices.length == 0 ? "none" : GemmInt8.kernelName(m, matrices[0]));
        context.parallel(shapes.batch().size() * perBatch, cost, (from, to, scratch) -> {
            int[] memory =
                    scratch.ints(matrices.length == 0 ? 0 : GemmInt8.scratchSize(Math.min(ROWS, m), matrices[0]));
            for (int piece = from; piece < to; piece++) {
                int batch = piece / perBatch;
                int row = piece % perBatch / panelPieces * ROWS;
                int panel = piece % panelPieces * PANELS;
                int toRow = Math.min(m, row + ROWS);
                int toPanel = Math.min(panels, panel + PANELS);
                int matrix = shapes.aIndex(batch);
                GemmInt8.run(
                        array,
                        a.offset() + matrix * m * k,
                        k,
                        signed,
                        zeros[matrix],
                        matrices[shapes.bIndex(batch)],
                        c,
                        cOffset + batch * m * n,
                        n,
                        row,
                        toRow,
                        panel,
                        toPanel,
                        memory,
                        0);
                finish.run(batch, row, toRow, column(panel, n), column(toPanel, n));
            }
        });
    }

    private static int column(int panel, int n) {
        return Math.min(n, panel * Gemm.NR);
    }

    /** The zero points for matrix {@code matrix} of {@code count} matrices with {@code n} rows or columns; {@code null} for 0. */
    static int @Nullable [] zeros(@Nullable Tensor zero, int matrix, int n, int count) {
        if (zero == null) {
            return null;
        }
        int[] all = zero.toIntArray();
        if (all.length == 1 || all.length == n) {
            return all;
        } else if (all.length == n * count) {
            return Arrays.copyOfRange(all, matrix * n, (matrix + 1) * n);
        }
        throw new IllegalArgumentException("zero points are " + zero + ", expected 1, " + n + " or " + n * count);
    }
}
