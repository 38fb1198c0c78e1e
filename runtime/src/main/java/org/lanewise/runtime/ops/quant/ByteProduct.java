package org.lanewise.runtime.ops.quant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmInt8;
import org.lanewise.kernels.gemm.Int8Forms;
import org.lanewise.kernels.gemm.PackedInt8B;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;
import org.lanewise.runtime.op.ChoosesByValues;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Products of matrices of bytes with zero points, summed exactly in {@code INT32}; shapes as in {@code MatMul}. A zero point is one for all, one for each row of A or column
 * of B, or one for each of those in each matrix.
 *
 * @param matrices B, its zero points subtracted, one for each matrix it has
 */
public record ByteProduct(PackedInt8B[] matrices) implements ChoosesByValues {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a product is worth splitting. */
    private static final long MACS_PER_NANO = 60;

    /** Matrices for each thread from which on they are not cut. */
    private static final int WHOLE = 4;

    /** Where the sums of a piece of work are used while they are in cache. */
    @FunctionalInterface
    public interface Finish {
        /** Uses rows {@code fromRow..toRow}, columns {@code fromColumn..toColumn} of the product of batch {@code batch}. */
        void run(int batch, int fromRow, int toRow, int fromColumn, int toColumn);
    }

    /** Checks the types of A and B and of their zero points. */
    public static void check(ShapeContext context, int a, int b, int aZero, int bZero) {
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
    public static ByteProduct pack(Tensor b, @Nullable Tensor zero) {
        return pack(b, zero, false);
    }

    /**
     * Packs B.
     *
     * @param transposed whether each matrix of B is given transposed
     */
    public static ByteProduct pack(Tensor b, @Nullable Tensor zero, boolean transposed) {
        boolean vector = b.shape().rank() == 1;
        int rows = vector ? b.size() : b.shape().dim(-2);
        int columns = vector ? 1 : b.shape().dim(-1);
        int k = transposed ? columns : rows;
        int n = transposed ? rows : columns;
        int count =
                b.shape().rank() <= 2 ? 1 : b.shape().sizeBetween(0, b.shape().rank() - 2);
        byte[] array = ((ByteTensor) b).array();
        PackedInt8B[] packed = new PackedInt8B[count];
        for (int i = 0; i < count; i++) {
            int[] zeros = zeros(zero, i, n, count);
            packed[i] = PackedInt8B.pack(
                    array, b.offset() + i * k * n, columns, transposed, b.type() == DataType.INT8, k, n, zeros);
        }
        return new ByteProduct(packed);
    }

    @Override
    public @Nullable Kernels kernels() {
        for (PackedInt8B matrix : matrices) {
            Kernels kernels = kernels(matrix);
            if (kernels != null) {
                return kernels;
            }
        }
        return null;
    }

    /** What {@link ChoosesByValues} asks for, of a packed matrix. */
    public static @Nullable Kernels kernels(PackedInt8B matrix) {
        Int8Forms forms = Int8Forms.of(matrix);
        return forms == null ? null : new Kernels(forms::run, Int8Forms.RUNS);
    }

    /**
     * A product made ready to run, any number of times, on what its arrays then hold.
     *
     * @param pieces what {@link OpContext#parallel} is told
     * @param cost likewise
     * @param task likewise
     */
    public record Ready(int pieces, long cost, RangeTask task) {
        /** Computes the product, split over threads. */
        public void run(OpContext context) {
            context.parallel(pieces, cost, task);
        }
    }

    /** One call of the kernel: rows {@code fromRow..toRow} and panels {@code fromPanel..toPanel} of the product of batch {@code batch}. */
    @FunctionalInterface
    private interface Piece {
        void run(
                int batch,
                int fromRow,
                int toRow,
                int fromPanel,
                int toPanel,
                int[] memory,
                double @Nullable [] doubles);
    }

    /**
     * Computes the sums.
     *
     * @param c from {@code cOffset} on, batch after batch
     */
    public void run(
            OpContext context,
            MatrixShapes shapes,
            Tensor a,
            @Nullable Tensor aZero,
            int[] c,
            int cOffset,
            Finish finish) {
        Left left = Left.of(shapes, a, aZero);
        int n = shapes.n();
        split(context, shapes, (batch, row, toRow, panel, toPanel, memory, doubles) -> {
                    int i = shapes.aIndex(batch);
                    PackedInt8B b = matrices[shapes.bIndex(batch)];
                    int to = cOffset + batch * shapes.m() * n;
                    GemmInt8.run(
                            left.array,
                            left.start(i),
                            left.k,
                            left.signed,
                            left.zeros[i],
                            b,
                            c,
                            to,
                            n,
                            row,
                            toRow,
                            panel,
                            toPanel,
                            memory,
                            Scratch.START,
                            doubles,
                            Scratch.START_OF_DOUBLES);
                    finish.run(batch, row, toRow, column(panel, n), column(toPanel, n));
                })
                .run(context);
    }

    /**
     * Computes the product as bytes.
     *
     * @param ends one for all matrices of B, or one for each
     * @param c from {@code cOffset} on, batch after batch
     */
    public void run(
            OpContext context,
            MatrixShapes shapes,
            Tensor a,
            @Nullable Tensor aZero,
            Requantization[] ends,
            byte[] c,
            int cOffset) {
        Left left = Left.of(shapes, a, aZero);
        int n = shapes.n();
        split(context, shapes, (batch, row, toRow, panel, toPanel, memory, doubles) -> {
                    int i = shapes.aIndex(batch);
                    int j = shapes.bIndex(batch);
                    Requantization end = ends[ends.length == 1 ? 0 : j];
                    int to = cOffset + batch * shapes.m() * n;
                    GemmInt8.run(
                            left.array,
                            left.start(i),
                            left.k,
                            left.signed,
                            left.zeros[i],
                            matrices[j],
                            end,
                            c,
                            to,
                            n,
                            row,
                            toRow,
                            panel,
                            toPanel,
                            memory,
                            Scratch.START,
                            doubles,
                            Scratch.START_OF_DOUBLES);
                })
                .run(context);
    }

    /**
     * Computes the product as {@code float}.
     *
     * @param ends one for all matrices of B, or one for each
     * @param aScale scale of A
     * @param c from {@code cOffset} on, batch after batch
     */
    public void run(
            OpContext context,
            MatrixShapes shapes,
            Tensor a,
            @Nullable Tensor aZero,
            Rescaling[] ends,
            float aScale,
            float[] c,
            int cOffset) {
        floats(context, shapes, Left.of(shapes, a, aZero), ends, new float[] {aScale}, c, cOffset)
                .run(context);
    }

    /**
     * Makes the product as {@code float} ready; scale and zero point of A are read when it runs.
     *
     * @param aZero an array of one value
     * @param ends one for all matrices of B, or one for each
     * @param aScale an array of one value
     */
    public Ready ready(
            OpContext context,
            MatrixShapes shapes,
            Tensor a,
            int[] aZero,
            Rescaling[] ends,
            float[] aScale,
            float[] c,
            int cOffset) {
        int[][] zeros = new int[shapes.aBatch().size()][];
        Arrays.fill(zeros, aZero);
        return floats(context, shapes, Left.of(shapes, a, zeros), ends, aScale, c, cOffset);
    }

    private Ready floats(
            OpContext context,
            MatrixShapes shapes,
            Left left,
            Rescaling[] ends,
            float[] scale,
            float[] c,
            int cOffset) {
        int n = shapes.n();
        return split(context, shapes, (batch, row, toRow, panel, toPanel, memory, doubles) -> {
            int i = shapes.aIndex(batch);
            int j = shapes.bIndex(batch);
            Rescaling end = ends[ends.length == 1 ? 0 : j];
            int to = cOffset + batch * shapes.m() * n;
            GemmInt8.run(
                    left.array,
                    left.start(i),
                    left.k,
                    left.signed,
                    left.zeros[i],
                    matrices[j],
                    end,
                    scale,
                    0,
                    c,
                    to,
                    n,
                    row,
                    toRow,
                    panel,
                    toPanel,
                    memory,
                    Scratch.START,
                    doubles,
                    Scratch.START_OF_DOUBLES);
        });
    }

    /** The left-hand matrices, each with its zero points. */
    private record Left(byte[] array, int offset, int size, int k, boolean signed, int[] @Nullable [] zeros) {
        static Left of(MatrixShapes shapes, Tensor a, @Nullable Tensor aZero) {
            int[] @Nullable [] zeros = new int[shapes.aBatch().size()][];
            for (int i = 0; i < zeros.length; i++) {
                zeros[i] = ByteProduct.zeros(aZero, i, shapes.m(), zeros.length);
            }
            return of(shapes, a, zeros);
        }

        static Left of(MatrixShapes shapes, Tensor a, int[] @Nullable [] zeros) {
            byte[] array = ((ByteTensor) a).array();
            boolean signed = a.type() == DataType.INT8;
            return new Left(array, a.offset(), shapes.m() * shapes.k(), shapes.k(), signed, zeros);
        }

        int start(int matrix) {
            return offset + matrix * size;
        }
    }

    private Ready split(OpContext context, MatrixShapes shapes, Piece work) {
        int m = shapes.m();
        int batches = shapes.batch().size();
        if (batches * m * shapes.n() == 0 || matrices.length == 0) {
            return new Ready(0, 1, (from, to, scratch) -> {});
        }
        PackedInt8B b = matrices[0];
        boolean inDoubles = true;
        for (PackedInt8B matrix : matrices) {
            inDoubles &= GemmInt8.inDoubles(m, matrix);
        }
        boolean fp64 = inDoubles;
        int threads = batches < WHOLE * context.threads() ? context.threads() : 1;
        FloatProduct.Split split = fp64
                ? FloatProduct.Split.inLargePieces(m, b.panels(), threads)
                : FloatProduct.Split.of(m, b.panels(), threads);
        context.kernel(GemmInt8.kernelName(split.mostRows(), b, fp64));
        int pieces = split.pieces();
        long cost = 1 + (long) m * shapes.n() * shapes.k() / MACS_PER_NANO / pieces;
        return new Ready(batches * pieces, cost, (from, to, scratch) -> {
            int most = split.mostRows();
            int[] memory = scratch.alignedInts(GemmInt8.scratchSize(most, b, fp64));
            double[] doubles = fp64 ? scratch.alignedDoubles(GemmInt8.doublesSize(most, b)) : null;
            for (int i = from; i < to; i++) {
                int piece = i % pieces;
                work.run(
                        i / pieces,
                        split.rowFrom(piece),
                        split.rowTo(piece),
                        split.panelFrom(piece),
                        split.panelTo(piece),
                        memory,
                        doubles);
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
