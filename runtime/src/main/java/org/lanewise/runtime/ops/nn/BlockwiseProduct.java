package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.GemmBlockwise;
import org.lanewise.kernels.gemm.PackedBlockwiseB;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;

/** Splits products of fp32 with a matrix of 4 or 8 bits over threads, along its panels: each is expanded once, and results do not depend on the number of threads. */
public final class BlockwiseProduct {
    /** Multiply-adds a core does in a nanosecond, roughly, with one row: decides only when a product is worth splitting. */
    private static final long MACS_PER_NANO = 20;

    private BlockwiseProduct() {}

    /**
     * {@code C = A * B + bias} with A (m, k) contiguous and packed constant B.
     *
     * @param bias one per column, or {@code null}
     */
    public static void run(
            OpContext context, FloatTensor a, int m, PackedBlockwiseB b, FloatTensor c, float @Nullable [] bias) {
        int k = b.k();
        int n = b.n();
        context.kernel(GemmBlockwise.kernelName(m, b));
        long cost = (long) m * n * k / MACS_PER_NANO / b.panels();
        context.parallel(m == 0 ? 0 : b.panels(), cost, (from, to, scratch) -> {
            float[] work = scratch.floats(GemmBlockwise.scratchSize(m, b));
            GemmBlockwise.run(
                    a.array(), a.offset(), k, b, bias, c.array(), c.offset(), n, 0, m, from, to, work, Scratch.START);
        });
    }
}
