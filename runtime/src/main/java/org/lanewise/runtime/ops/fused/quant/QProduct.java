package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmInt8;
import org.lanewise.kernels.gemm.Int8Columns;
import org.lanewise.kernels.gemm.PackedInt8B;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;
import org.lanewise.runtime.op.ChoosesByValues;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.ops.quant.ByteProduct;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A product of bytes with a packed matrix, ready for runs; shared by threads.
 *
 * @param b the packed matrix
 * @param columns the matrix for one row, where it is tall and has few columns
 * @param end what becomes of the sums
 * @param x the quantization of the left-hand side, or {@code null} where the run's inputs 1 and 2 are
 * @param signed whether the left-hand side is {@code INT8}
 */
record QProduct(
        PackedInt8B b,
        @Nullable Int8Columns columns,
        ProductEnd end,
        @Nullable Quantization x,
        boolean signed) implements ChoosesByValues {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a product is worth splitting. */
    private static final long MACS_PER_NANO = 60;

    /** Results that go through fp32 scratch at a time. */
    private static final int RESULTS = 128 << 10;

    static QProduct of(ProductParameters p, ProductEnd end, DataType type) {
        Tensor w = p.w();
        int k = w.shape().dim(0);
        int n = w.shape().dim(1);
        byte[] bytes = ((ByteTensor) w).array();
        boolean wSigned = w.type() == DataType.INT8;
        PackedInt8B packed = PackedInt8B.pack(bytes, w.offset(), n, false, wSigned, k, n, p.wZeros());
        Int8Columns columns = Int8Columns.suits(k, n)
                ? Int8Columns.pack(bytes, w.offset(), n, false, wSigned, k, n, p.wZeros())
                : null;
        return new QProduct(packed, columns, end, p.x(), type == DataType.INT8);
    }

    @Override
    public @Nullable Kernels kernels() {
        return ByteProduct.kernels(b);
    }

    /** Computes {@code y} (m, N), split over threads. */
    void run(OpContext context, ByteTensor a, int m, Tensor y, @Nullable FloatTensor residual) {
        Quantization given = x == null ? new Quantization(1, 0) : x;
        Tensor scale = x == null ? context.input(1) : null;
        Tensor zero = x == null ? context.input(2) : null;
        if (m == 1 && columns != null && !end.goesOn()) {
            context.kernel(Int8Columns.NAME);
            Int8Columns tall = columns;
            context.parallel(1, 1, (from, to, scratch) -> {
                int zeroPoint = zero == null ? given.zero() : (int) zero.getLong(0);
                float factor = scale == null ? given.scale() : (float) scale.getDouble(0);
                row(tall, a, zeroPoint, factor, y, residual, scratch);
            });
            return;
        }
        boolean inDoubles = GemmInt8.inDoubles(m, b);
        int threads = context.threads();
        FloatProduct.Split split = inDoubles
                ? FloatProduct.Split.inLargePieces(m, b.panels(), threads)
                : FloatProduct.Split.of(m, b.panels(), threads);
        context.kernel(GemmInt8.kernelName(split.mostRows(), b, inDoubles));
        long cost = (long) m * b.n() * b.k() / MACS_PER_NANO / split.pieces();
        context.parallel(m == 0 ? 0 : split.pieces(), cost, (from, to, scratch) -> {
            float[] scales = {scale == null ? given.scale() : (float) scale.getDouble(0)};
            int[] zeros = {zero == null ? given.zero() : (int) zero.getLong(0)};
            for (int piece = from; piece < to; piece++) {
                piece(
                        a,
                        scales,
                        zeros,
                        y,
                        residual,
                        scratch,
                        inDoubles,
                        split.rowFrom(piece),
                        split.rowTo(piece),
                        split.panelFrom(piece),
                        split.panelTo(piece));
            }
        });
    }

    private void row(
            Int8Columns tall,
            ByteTensor a,
            int zero,
            float scale,
            Tensor y,
            @Nullable FloatTensor residual,
            Scratch scratch) {
        int[] memory = scratch.ints(tall.scratchSize());
        switch (end.kernel()) {
            case Requantization bytes ->
                tall.run(a.array(), a.offset(), signed, zero, bytes, ((ByteTensor) y).array(), y.offset(), memory);
            case Rescaling floats -> {
                FloatTensor out = (FloatTensor) y;
                float[] scales = {scale};
                tall.run(a.array(), a.offset(), signed, zero, floats, scales, out.array(), y.offset(), memory);
                end.addResidual(out, residual, 0, b.n());
            }
        }
    }

    private void piece(
            ByteTensor a,
            float[] scales,
            int[] zeros,
            Tensor y,
            @Nullable FloatTensor residual,
            Scratch scratch,
            boolean inDoubles,
            int fromRow,
            int toRow,
            int fromPanel,
            int toPanel) {
        int n = b.n();
        int[] sums = scratch.alignedInts(GemmInt8.scratchSize(toRow - fromRow, b, inDoubles));
        double[] doubles = inDoubles ? scratch.alignedDoubles(GemmInt8.doublesSize(toRow - fromRow, b)) : null;
        if (end.kernel() instanceof Requantization bytes) {
            GemmInt8.run(
                    a.array(),
                    a.offset(),
                    b.k(),
                    signed,
                    zeros,
                    b,
                    bytes,
                    ((ByteTensor) y).array(),
                    y.offset(),
                    n,
                    fromRow,
                    toRow,
                    fromPanel,
                    toPanel,
                    sums,
                    Scratch.START,
                    doubles,
                    Scratch.START_OF_DOUBLES);
            return;
        }
        int column = fromPanel * Gemm.NR;
        int columns = Math.min(n, toPanel * Gemm.NR) - column;
        int step = end.goesOn() ? Math.max(1, RESULTS / n) : toRow - fromRow;
        for (int row = fromRow; row < toRow; row += step) {
            int rows = Math.min(step, toRow - row);
            float[] out = end.goesOn() ? scratch.heldFloats(rows * n) : ((FloatTensor) y).array();
            int outOff = end.goesOn() ? Scratch.START : y.offset() + row * n;
            GemmInt8.run(
                    a.array(),
                    a.offset() + row * b.k(),
                    b.k(),
                    signed,
                    zeros,
                    b,
                    (Rescaling) end.kernel(),
                    scales,
                    0,
                    out,
                    outOff,
                    n,
                    0,
                    rows,
                    fromPanel,
                    toPanel,
                    sums,
                    Scratch.START,
                    doubles,
                    Scratch.START_OF_DOUBLES);
            for (int r = 0; r < rows; r++) {
                int at = (row + r) * n + column;
                if (end.goesOn()) {
                    byte[] bytes = ((ByteTensor) y).array();
                    end.quantize(out, outOff + r * n + column, bytes, y.offset() + at, columns);
                } else if (residual != null) {
                    end.addResidual((FloatTensor) y, residual, at, columns);
                }
            }
        }
    }
}
