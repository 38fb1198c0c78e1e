package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * A right-hand matrix of bytes (K, N) for {@link GemmInt8}, in panels of {@link Gemm#NR} columns, a byte a value; uint8 is centred by 128. Immutable.
 *
 * <p>The tiles sum a run of products in 16 bits before they widen. Three or four products fit for any left-hand byte where the weights of a run are small enough
 * (see {@link Int8Tiles}); what is too much of the few that are not is taken out and added apart. Where that would be many, a run has two products, which always fit.
 */
public final class PackedInt8B {
    /** The longest run; K is filled with zeros to a multiple of it, whatever the run: matrices of one layer's groups share widened rows' length. */
    static final int STEP = 4;

    /** Runs of two fit whatever the weights are. */
    private static final int LEAST = 2;

    /** Runs of four or three pay as long as at most one weight in this many is taken out. */
    private static final int WEIGHTS_PER_EXCESS = 400;

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

    /** Where the excess of each panel starts in {@link #excess}, and of the one after the last. */
    final int[] excessStart;

    /** Triples of k, column in the panel, and weight. */
    final int[] excess;

    private final int k;
    private final int n;

    private PackedInt8B(byte[] data, int k, int n, int[] sums, int @Nullable [] zeros, boolean paired, Excess taken) {
        this.data = data;
        this.k = k;
        this.n = n;
        this.depth = depth(k);
        this.sums = sums;
        this.zeros = zeros;
        this.paired = paired;
        this.run = taken.run;
        this.excessStart = taken.start;
        this.excess = Arrays.copyOf(taken.triples, taken.count);
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
        for (int run = Simd.ENABLED ? STEP : LEAST; ; run--) {
            boolean whole = depth(k) % run == 0; // threes do not fit every K
            PackedInt8B packed = whole ? pack(b, off, ldb, transB, signed, k, n, zeroPoints, run) : null;
            if (packed != null) {
                return packed;
            }
        }
    }

    /** In runs of that length, or {@code null} where too many weights would be taken out. */
    private static @Nullable PackedInt8B pack(
            byte[] b,
            int off,
            int ldb,
            boolean transB,
            boolean signed,
            int k,
            int n,
            int @Nullable [] zeroPoints,
            int run) {
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
        Excess taken = new Excess(Gemm.panels(n), run);
        int most = (int) Math.max(16, (long) k * n / WEIGHTS_PER_EXCESS);
        if (run > LEAST && !taken.takeAll(data, depth, most)) {
            return null;
        }
        return new PackedInt8B(data, k, n, sums, shifted ? zeros : null, paired, taken);
    }

    /** K, filled up to whole runs. */
    private static int depth(int k) {
        return Math.ceilDiv(k, STEP) * STEP;
    }

    /** Where a column stands in its panel: neighbours share the 32 bits that a tile takes apart. */
    static int lane(int column) {
        return Simd.ENABLED ? column % Simd.LANES * 2 + column / Simd.LANES : column;
    }

    private static int column(int lane) {
        return lane % 2 * Simd.LANES + lane / 2;
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

    /** What is taken out of a matrix so that runs of four fit 16 bits. */
    private static final class Excess {
        final int[] start;
        int[] triples = {};
        int count;
        final int run;

        Excess(int panels, int run) {
            start = new int[panels + 1];
            this.run = run;
        }

        /** Takes out what is too much; false where there would be more than {@code most} weights. */
        boolean takeAll(byte[] data, int depth, int most) {
            for (int panel = 0; panel + 1 < start.length; panel++) {
                for (int k = 0; k < depth; k += run) {
                    for (int lane = 0; lane < Gemm.NR; lane++) {
                        take(data, panel * Gemm.NR * depth + k * Gemm.NR + lane, k, lane);
                    }
                }
                start[panel + 1] = count;
            }
            if (count > 3 * most) {
                return false;
            }
            for (int i = 0; i < count; i += 3) {
                int panel = panelOf(i);
                int at = panel * Gemm.NR * depth + triples[i] * Gemm.NR + lane(triples[i + 1]);
                data[at] -= (byte) triples[i + 2];
            }
            return true;
        }

        private int panelOf(int i) {
            int panel = 0;
            while (start[panel + 1] <= i) {
                panel++;
            }
            return panel;
        }

        /** The run of one column that starts at {@code at}: the last weights give way. */
        private void take(byte[] data, int at, int k, int lane) {
            int room = Int8Tiles.LARGEST_SUM;
            for (int x = 0; x < run; x++) {
                int w = data[at + x * Gemm.NR];
                int kept = Math.clamp(w, -room, room);
                room -= Math.abs(kept);
                if (kept != w) {
                    if (count + 3 > triples.length) {
                        triples = Arrays.copyOf(triples, 2 * count + 48);
                    }
                    triples[count++] = k + x;
                    triples[count++] = column(lane);
                    triples[count++] = w - kept;
                }
            }
        }
    }
}
