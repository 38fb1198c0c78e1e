package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.RowProduct;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;

/** Splits fp32 matrix products over threads: along the rows of A where there are many, else along the panels of B. */
public final class FloatProduct {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a product is worth splitting. */
    private static final long MACS_PER_NANO = 40;

    private FloatProduct() {}

    /**
     * {@code C = activation(A * B + bias + residual)} with A (m, k) contiguous and packed constant B.
     *
     * @param residual {@code null}, or a matrix like C
     */
    public static void run(
            OpContext context,
            FloatTensor a,
            int m,
            PackedB b,
            FloatTensor c,
            @Nullable FloatTensor residual,
            Epilogue epilogue) {
        int k = b.k();
        int n = b.n();
        if (m == 1 && residual == null && RowProduct.suits(b)) {
            runRow(context, a, b, c, epilogue);
            return;
        }
        context.kernel(Gemm.kernelName(m, n, k));
        float[] added = residual == null ? null : residual.array();
        int addedOffset = residual == null ? 0 : residual.offset();
        Split split = Gemm.packsRows(m, n, k)
                ? Split.inLargePieces(m, b.panels(), context.threads())
                : Split.of(m, b.panels(), context.threads());
        long cost = (long) m * n * k / MACS_PER_NANO / split.pieces();
        context.parallel(split.pieces(), cost, (from, to, scratch) -> {
            float[] tile = scratch.floats(Gemm.scratchLength(m, n, k));
            for (int piece = from; piece < to; piece++) {
                Gemm.run(
                        a.array(),
                        a.offset(),
                        k,
                        b,
                        c.array(),
                        c.offset(),
                        n,
                        added,
                        addedOffset,
                        split.rowFrom(piece),
                        split.rowTo(piece),
                        split.panelFrom(piece),
                        split.panelTo(piece),
                        epilogue,
                        tile,
                        Scratch.START);
            }
        });
    }

    private static void runRow(OpContext context, FloatTensor a, PackedB b, FloatTensor c, Epilogue epilogue) {
        context.kernel(RowProduct.NAME);
        context.parallel(
                1,
                1,
                (from, to, scratch) -> RowProduct.run(
                        a.array(),
                        a.offset(),
                        b,
                        c.array(),
                        c.offset(),
                        epilogue,
                        scratch.floats(RowProduct.length(b.n())),
                        Scratch.START));
    }

    /** A product of batches of matrices, B being an activation: packed by whoever needs it. */
    public static void runBatched(
            OpContext context, FloatTensor a, FloatTensor b, FloatTensor c, MatrixShapes shapes, float alpha) {
        if (c.size() == 0) {
            return;
        }
        // One B for all of A's matrices: they are one tall matrix
        boolean shared = shapes.bBatch().size() == 1 && shapes.aBatch().equals(shapes.batch());
        int m = shared ? shapes.batch().size() * shapes.m() : shapes.m();
        int k = shapes.k();
        int n = shapes.n();
        int batches = shared ? 1 : shapes.batch().size();
        context.kernel(Gemm.kernelName(m, n, k));
        int panels = Gemm.panels(n);
        // Splitting rows would pack B twice; batches come first, then panels.
        int cuts = batches >= context.threads() ? 1 : Math.min(panels, context.threads());
        Split split = new Split(m, panels, 1, Math.max(1, cuts));
        long cost = (long) m * n * k / MACS_PER_NANO / split.pieces();
        context.parallel(batches * split.pieces(), cost, (from, to, scratch) -> {
            float[] work = scratch.floats(Gemm.scratchLengthUnpacked(m, k, panels));
            for (int i = from; i < to; i++) {
                int batch = i / split.pieces();
                int piece = i % split.pieces();
                Gemm.run(
                        a.array(),
                        a.offset() + shapes.aIndex(batch) * m * k,
                        k,
                        b.array(),
                        b.offset() + shapes.bIndex(batch) * k * n,
                        n,
                        false,
                        alpha,
                        k,
                        n,
                        c.array(),
                        c.offset() + batch * m * n,
                        n,
                        null,
                        0,
                        0,
                        m,
                        split.panelFrom(piece),
                        split.panelTo(piece),
                        Epilogue.NONE,
                        work,
                        Scratch.START);
            }
        });
    }

    /**
     * A matrix cut in a grid of about equal pieces.
     *
     * @param rows its rows
     * @param panels its panels of columns
     * @param rowCuts parts along the rows
     * @param panelCuts parts along the panels
     */
    public record Split(int rows, int panels, int rowCuts, int panelCuts) {
        /** Pieces a thread should get, so that one slow thread does not hold up all. */
        private static final int PER_THREAD = 4;

        private static final int LARGE_ROWS = 128;
        private static final int LARGE_PANELS = 8;

        /** A split that suits this many threads. */
        public static Split of(int rows, int panels, int threads) {
            if (threads == 1) {
                return new Split(rows, panels, 1, 1);
            }
            int wanted = threads * PER_THREAD;
            int panelCuts = Math.clamp(panels / 2, 1, wanted);
            if (panelCuts >= 2 * threads) {
                return new Split(rows, panels, 1, panelCuts); // each piece of B is read once, not once a piece of rows
            }
            int tiles = Math.max(1, rows / (2 * Gemm.MR));
            if (tiles >= wanted) {
                return new Split(rows, panels, wanted, 1);
            }
            return panelCuts >= threads
                    ? new Split(rows, panels, 1, panelCuts)
                    : new Split(rows, panels, Math.min(tiles, wanted / panelCuts), panelCuts);
        }

        /** A split into two pieces a thread where there are columns enough, for products that prepare rows and panels anew in each piece. */
        public static Split inLargePieces(int rows, int panels, int threads) {
            if (threads > 1 && rows >= threads * LARGE_ROWS && panels >= 2 * LARGE_PANELS) {
                return new Split(rows, panels, threads, 2);
            }
            return threads > 1 && panels >= 4 * threads
                    ? new Split(rows, panels, 1, 2 * threads)
                    : of(rows, panels, threads);
        }

        /** Most rows of a piece. */
        public int mostRows() {
            int most = 0;
            for (int i = 0; i < rowCuts; i++) {
                most = Math.max(most, rowCut(i + 1) - rowCut(i));
            }
            return most;
        }

        /** Most panels of a piece. */
        public int mostPanels() {
            return Math.ceilDiv(panels, panelCuts);
        }

        /** Number of pieces. */
        public int pieces() {
            return rowCuts * panelCuts;
        }

        /** First row of a piece. */
        public int rowFrom(int piece) {
            return rowCut(piece / panelCuts);
        }

        /** Row behind the last of a piece. */
        public int rowTo(int piece) {
            return rowCut(piece / panelCuts + 1);
        }

        /** First panel of a piece. */
        public int panelFrom(int piece) {
            return (int) ((long) panels * (piece % panelCuts) / panelCuts);
        }

        /** Panel behind the last of a piece. */
        public int panelTo(int piece) {
            return (int) ((long) panels * (piece % panelCuts + 1) / panelCuts);
        }

        /** Whole tiles, but for the last. */
        private int rowCut(int cut) {
            return cut == rowCuts ? rows : (int) ((long) rows * cut / rowCuts) / Gemm.MR * Gemm.MR;
        }
    }
}
