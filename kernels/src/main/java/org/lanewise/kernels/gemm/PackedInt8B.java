package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * A right-hand matrix of bytes (K, N) for {@link GemmInt8}, in panels of {@link Gemm#NR} columns, a byte a value; uint8 is centred by 128. Immutable.
 *
 * <p>The tiles sum a run of products in 16 bits before they widen. Three or four products fit for any left-hand byte where the weights of a run are small enough
 * (see {@link Int8Tiles}); what is too much of the few that are not is taken out and added apart (see {@link Int8Excess}). Where that would be many, a run has two products, which always fit.
 */
public final class PackedInt8B {
    /** The longest run; K is filled with zeros to a multiple of it, whatever the run: matrices of one layer's groups share widened rows' length. */
    static final int STEP = 4;

    /** Runs of two fit whatever the weights are. */
    static final int LEAST = 2;

    /** What a step of the excess takes, in operations on a vector, measured: a product, a sum, and its loads. */
    private static final double STEP_COST = 3.2;

    /** What a chunk of the excess takes. */
    private static final double CHUNK_COST = 12;

    final byte[] data;

    /** Products summed in 16 bits. */
    final int run;

    /** K, filled up. */
    final int depth;

    /** Sum of each column, zero points subtracted; whole panels. */
    final int[] sums;

    /** Zero point of each centred column, whole panels; null when all are 0. */
    final int @Nullable [] zeros;

    /**
     * Whether there are at most half a panel of columns: each then stands in both halves of its 32 bits, where A has one row in the low halves and the next in the high ones.
     */
    final boolean paired;

    /** Of each panel, whether runs of eight fit {@link Int8Triples}; any runs of four do. */
    final boolean[] eights;

    /** What tells, together with A, which runs fit {@link Int8Triples} where weights alone do not promise it; null where that is no gain. */
    final @Nullable Int8Norms norms;

    /** What was taken out of {@link #data}. */
    final Int8Excess excess;

    private final int k;
    private final int n;

    private PackedInt8B(
            byte[] data,
            int k,
            int n,
            int[] sums,
            int @Nullable [] zeros,
            boolean paired,
            boolean[] eights,
            @Nullable Int8Norms norms,
            Int8Excess excess) {
        this.data = data;
        this.k = k;
        this.n = n;
        this.depth = depth(k);
        this.sums = sums;
        this.zeros = zeros;
        this.paired = paired;
        this.eights = eights;
        this.norms = norms;
        this.run = excess.run;
        this.excess = excess;
    }

    /**
     * Packs B.
     *
     * @param ldb distance between two stored rows of B: B(k, n) is {@code b[off + k * ldb + n]}, or {@code b[off + n * ldb + k]} if transposed
     * @param signed whether the bytes are int8; otherwise uint8
     * @param zeroPoints one for all, or one per column; null for 0
     */
    public static PackedInt8B pack(
            byte[] b, int off, int ldb, boolean transB, boolean signed, int k, int n, int @Nullable [] zeroPoints) {
        Gemm.checkMatrix("B", b.length, off, ldb, transB ? n : k, transB ? k : n);
        GemmInt8.checkZeroPoints("B", signed, zeroPoints, n);
        int columns = Math.multiplyExact(Gemm.panels(n), Gemm.NR);
        int depth = depth(k);
        byte[] data = new byte[Math.multiplyExact(columns, depth)];
        int[] sums = new int[columns];
        int[] zeros = new int[columns];
        boolean shifted = false;
        int centre = signed ? 0 : 128;
        for (int j = 0; j < n; j++) {
            int zero = GemmInt8.zeroPoint(zeroPoints, j) - centre;
            int from = off + (transB ? j * ldb : j);
            int step = transB ? 1 : ldb;
            int to = j / Gemm.NR * Gemm.NR * depth + lane(j % Gemm.NR);
            int sum = 0;
            for (int x = 0; x < k; x++) {
                byte value = (byte) (b[from + x * step] - centre);
                sum += value - zero;
                data[to + x * Gemm.NR] = value;
            }
            sums[j] = sum;
            zeros[j] = zero;
            shifted |= zero != 0;
        }
        boolean paired = Simd.ENABLED && !shifted && n <= Simd.LANES;
        for (int i = 0; paired && i < data.length; i += 2) {
            data[i + 1] = data[i];
        }
        return ofBestRun(data, k, n, sums, shifted ? zeros : null, paired);
    }

    /** In runs of the length that takes the fewest operations. */
    private static PackedInt8B ofBestRun(
            byte[] data, int k, int n, int[] sums, int @Nullable [] zeros, boolean paired) {
        int panels = Gemm.panels(n);
        int depth = depth(k);
        byte[] best = data;
        Int8Excess excess = Int8Excess.take(data, depth, panels, LEAST);
        double least = cost(depth, panels, excess);
        for (int run = STEP; Simd.ENABLED && run > LEAST; run--) {
            if (depth % run != 0 || operations(run) * depth * panels > least) { // threes do not fit every K
                continue;
            }
            byte[] candidate = data.clone();
            Int8Excess taken = Int8Excess.take(candidate, depth, panels, run);
            double cost = cost(depth, panels, taken);
            if (cost < least) {
                least = cost;
                best = candidate;
                excess = taken;
            }
        }
        boolean[] eights = Int8Triples.fitEights(data, depth);
        return new PackedInt8B(best, k, n, sums, zeros, paired, eights, Int8Triples.norms(data, depth), excess);
    }

    private static double cost(int depth, int panels, Int8Excess excess) {
        return operations(excess.run) * depth * panels + STEP_COST * excess.steps() + CHUNK_COST * excess.chunks();
    }

    /** What a product takes, in the same measure: runs of four are counted, the others from their time against fours. */
    private static double operations(int run) {
        return run == 4 ? 2.75 : run == 3 ? 3.4 : 3.85;
    }

    /** K, filled up to whole runs. */
    private static int depth(int k) {
        return Math.ceilDiv(k, STEP) * STEP;
    }

    /** Where a column stands in its panel: neighbours share the 32 bits that a tile takes apart. */
    static int lane(int column) {
        return Simd.ENABLED ? column % Simd.LANES * 2 + column / Simd.LANES : column;
    }

    /** Number of rows of B. */
    public int k() {
        return k;
    }

    /** K, filled up to whole runs: the length of a widened row of A. */
    public int depth() {
        return depth;
    }

    /** Number of columns of B. */
    public int n() {
        return n;
    }

    /** Number of panels, the unit in which columns are split between threads. */
    public int panels() {
        return Gemm.panels(n);
    }

    /** Bytes of memory the values take. */
    public long bytes() {
        return data.length;
    }
}
