package org.lanewise.kernels.gemm;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.lanewise.kernels.Simd;

/**
 * A product with constant weights on random operands that each kernel able to compute it can be made to compute, to see whether {@link Gemm} picks the
 * best one.
 *
 * <p>A kernel is a tile of rows and vectors; {@code direct} kernels read B where it is, {@code gemv} is {@link Gemv}. Not for use by several threads.
 */
public final class GemmTrial {
    private static final int NR = Gemm.NR;
    private static final int LANES = Simd.LANES;
    private static final int NARROW_ROWS = 4;

    private final int m;
    private final int n;
    private final int k;
    private final float[] a;
    private final float[] b;
    private final PackedB packed;
    private final float[] c;
    private final float[] scratch;
    private final List<Kernel> kernels = new ArrayList<>();

    private interface Computation {
        void run();
    }

    private record Kernel(String name, Computation computation) {}

    /** A trial of (M, K) times (K, N). */
    public GemmTrial(int m, int n, int k) {
        if (m < 1 || n < 1 || k < 1) {
            throw new IllegalArgumentException("M, N and K must be positive, got " + m + ", " + n + " and " + k);
        }
        this.m = m;
        this.n = n;
        this.k = k;
        Random random = new Random(1);
        a = random(Math.multiplyExact(m, k), random);
        b = random(Math.multiplyExact(k, n), random);
        packed = PackedB.pack(b, 0, n, false, k, n);
        c = new float[Math.multiplyExact(m, n)];
        int packs = packsRows() ? Gemm.TILE_SCRATCH + PackedBlocks.roomForRows(m, PackedBlocks.kStep(k)) : 0;
        scratch = new float[Math.max(packs, Gemm.scratchLength(m, n, k))];
        addTiles();
        if (m == 1) {
            kernels.add(new Kernel("gemv-f32", () -> Gemv.run(a, 0, b, 0, n, false, k, n, c, 0, 0, n, Epilogue.NONE)));
        }
        if (GemmDirect.suits(m, false, 1) && n % (2 * NR) == 0) {
            kernels.add(new Kernel(
                    "direct-f32",
                    () -> GemmDirect.run(a, 0, k, b, 0, n, k, c, 0, n, null, 0, 0, m, 0, n, n, Epilogue.NONE)));
        }
    }

    /** Names of the kernels there are for this shape. */
    public List<String> kernels() {
        return kernels.stream().map(Kernel::name).toList();
    }

    /** Computes the product with kernel {@code i} of {@link #kernels()}. */
    public void run(int i) {
        kernels.get(i).computation.run();
    }

    /** Computes the product as a layer does, with what {@link Gemm} picks. */
    public void runPicked() {
        Gemm.run(a, 0, k, packed, c, 0, n, null, 0, 0, m, 0, packed.panels(), Epilogue.NONE, scratch, 0);
    }

    /** Name of what {@link #runPicked()} runs, as a profile has it. */
    public String picked() {
        return Gemm.kernelName(m, n, k);
    }

    /** The product computed last, row by row. */
    public float[] product() {
        return c;
    }

    private void addTiles() {
        if (!Simd.ENABLED) {
            kernels.add(new Kernel("gemm-f32-scalar", this::runPicked));
            return;
        }
        if (packsRows()) {
            kernels.add(new Kernel("gemm-f32-" + PackedTiles.ROWS + "x2x" + LANES + "-packed", this::packed));
        }
        for (int rows = Math.min(m, Gemm.MR); rows >= 1; rows--) {
            for (int vectors = 4; vectors >= 1; vectors /= 2) {
                int height = rows;
                int width = vectors;
                if (vectors == 2 && n >= NR || vectors == 4 && n >= 2 * NR && rows <= mostWideRows() || vectors == 1) {
                    String name = "gemm-f32-" + rows + "x" + vectors + "x" + LANES;
                    kernels.add(new Kernel(name, () -> tiled(height, width)));
                }
            }
        }
    }

    private static int mostWideRows() {
        return Simd.REGISTERS == 32 ? BroadBlocks.MOST_ROWS : GemmBlocks.WIDE_ROWS;
    }

    private boolean packsRows() {
        return LANES == 16 && m >= PackedTiles.ROWS;
    }

    /** All whole tiles with rows laid side by side, whether that suits or not; the rest of the rows as {@link GemmBlocks} has them. */
    private void packed() {
        int whole = m - m % PackedTiles.ROWS;
        int kStep = PackedBlocks.kStep(k);
        int group = PackedBlocks.group(kStep);
        for (int p0 = 0; p0 < packed.panels(); p0 += group) {
            int p1 = Math.min(packed.panels(), p0 + group);
            for (int k0 = 0; k0 < k; k0 += kStep) {
                int kc = Math.min(kStep, k - k0);
                PackedBlocks.block(
                        a,
                        k0,
                        k,
                        packed.data,
                        packed.start + (p0 * k + k0) * NR,
                        k * NR,
                        kc,
                        k0 == 0,
                        k0 + kc == k,
                        c,
                        0,
                        n,
                        null,
                        0,
                        0,
                        whole,
                        p0 * NR,
                        Math.min(n, p1 * NR) - p0 * NR,
                        Epilogue.NONE,
                        scratch,
                        Gemm.TILE_SCRATCH);
                if (whole < m) {
                    partial(whole, m - whole, p0, p1, k0, kc);
                }
            }
        }
    }

    /** Cuts the product as {@link Gemm} does, but into tiles of this form; columns that fill no panel are left to {@link GemmBlocks}. */
    private void tiled(int height, int vectors) {
        int kStep = Gemm.kStep(k);
        int panels = n / NR;
        int group = Gemm.group(kStep);
        for (int p0 = 0; p0 < packed.panels(); p0 += group) {
            int p1 = Math.min(panels, p0 + group);
            boolean rest = p0 + group >= packed.panels() && panels < packed.panels();
            int k0 = 0;
            do {
                int kc = Math.min(kStep, k - k0);
                for (int row = 0; row < m; row += height) {
                    int rows = Math.min(height, m - row);
                    if (p1 > p0) {
                        strip(row, rows, vectors, p0, p1, k0, kc);
                    }
                    if (rest) {
                        partial(row, rows, panels, panels + 1, k0, kc);
                    }
                }
                k0 += kc;
            } while (k0 < k);
        }
    }

    private void strip(int row, int rows, int vectors, int p0, int p1, int k0, int kc) {
        int wide = vectors == 4 ? p1 - p0 & ~1 : 0;
        int ao = row * k + k0;
        int bo = packed.start + (p0 * k + k0) * NR;
        int co = row * n + p0 * NR;
        float[] start = k0 == 0 ? Epilogue.NONE.start : c;
        int startRow = k0 == 0 ? 0 : n;
        int startStep = k0 == 0 ? 0 : LANES;
        int so = k0 == 0 ? 0 : co;
        if (vectors == 1) {
            for (int x = 0; x < (p1 - p0) * NR; x += LANES) {
                int from = bo + x / NR * NR * k + x % NR;
                int startAt = k0 == 0 ? 0 : so + x;
                SlimTiles.run(rows, kc, a, ao, k, packed.data, from, c, co + x, n, start, startAt, startRow);
            }
            return;
        }
        if (wide > 0 && rows > GemmBlocks.WIDE_ROWS) {
            BroadTiles.run(
                    rows,
                    wide,
                    k * NR,
                    kc,
                    a,
                    ao,
                    k,
                    packed.data,
                    bo,
                    c,
                    co,
                    n,
                    start,
                    so,
                    startRow,
                    startStep / LANES,
                    TallTiles.NO_BIAS,
                    0,
                    0,
                    Float.NEGATIVE_INFINITY,
                    Float.POSITIVE_INFINITY);
        } else if (wide > 0) {
            WideTiles.run(rows, wide, k * NR, kc, a, ao, k, packed.data, bo, c, co, n, start, so, startRow, startStep);
        }
        int left = p1 - p0 - wide;
        if (left > 0) {
            int x = wide * NR;
            int startAt = k0 == 0 ? 0 : so + x;
            int from = bo + wide * k * NR;
            if (rows <= NARROW_ROWS) {
                NarrowTiles.run(
                        rows,
                        left,
                        k * NR,
                        kc,
                        a,
                        ao,
                        k,
                        packed.data,
                        from,
                        c,
                        co + x,
                        n,
                        start,
                        startAt,
                        startRow,
                        startStep);
            } else {
                TallTiles.run(
                        rows,
                        left,
                        k * NR,
                        kc,
                        a,
                        ao,
                        k,
                        packed.data,
                        from,
                        LANES,
                        c,
                        co + x,
                        n,
                        start,
                        startAt,
                        startRow,
                        startStep / LANES,
                        TallTiles.NO_BIAS,
                        0,
                        0,
                        Float.NEGATIVE_INFINITY,
                        Float.POSITIVE_INFINITY);
            }
        }
    }

    private void partial(int row, int rows, int panel, int panelTo, int k0, int kc) {
        GemmBlocks.block(
                a,
                k0,
                k,
                packed.data,
                packed.start + (panel * k + k0) * NR,
                k * NR,
                kc,
                k0 == 0,
                k0 + kc == k,
                n,
                c,
                0,
                n,
                null,
                0,
                row,
                row + rows,
                panel,
                panelTo,
                Epilogue.NONE,
                scratch,
                0);
    }

    private static float[] random(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
