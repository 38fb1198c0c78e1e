package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * fp32 matrix multiplication {@code C = activation(A * B + bias + residual)}: A is (M, K), B is (K, N), C is (M, N).
 *
 * <p>C is cut into tiles of {@link #MR} rows and one panel of {@link #NR} columns. A is read where it is (row-major, rows {@code lda} apart; a
 * transposed A is copied first with {@link #transpose}). B is packed in panels: once for constant weights ({@link PackedB}), or
 * block by block into the caller's scratch. Every value of C is one chain of multiply-adds in the order of k, whatever the tile: results
 * do not depend on how rows and panels are split between threads.
 *
 * <p>Rows {@code rowFrom..rowTo} and panels {@code panelFrom..panelTo} of C are computed; offsets are those of element (0, 0) of the whole
 * matrices. Ranges that do not overlap may be computed by different threads, each with its own scratch.
 */
public final class Gemm {
    /** Columns in a panel. */
    public static final int NR = Simd.ENABLED ? 2 * Simd.LANES : 16;

    /** Most rows in a tile. */
    public static final int MR = Simd.ENABLED && Simd.REGISTERS == 32 ? 8 : 4;

    /** Scratch for one tile. */
    static final int TILE_SCRATCH = MR * NR;

    /** Longest block of K: a tile's rows of A and a panel of B stay in the first-level cache's reach. */
    private static final int KC = 1024;

    /** Bytes of packed B that the rows of A pass over before the next panels: half of a small second-level cache. */
    private static final int GROUP_BYTES = Simd.BITS == 512 ? 512 << 10 : 256 << 10;

    private Gemm() {}

    /** Number of panels that hold n columns. */
    public static int panels(int n) {
        return (int) (((long) n + NR - 1) / NR);
    }

    /**
     * Length of the scratch that a product with packed weights needs, and {@link #runBlock}: enough for so many rows, columns and steps of k, and for fewer.
     */
    public static int scratchLength(int rows, int columns, int k) {
        return Math.max(GemmParts.scratchLength(rows, columns, k), StreamedBlocks.scratchLength(rows, columns, k));
    }

    /** Whether a product packs rows of A: then each call packs them anew, and few calls with many columns are better than many with few. */
    public static boolean packsRows(int m, int n, int k) {
        return PackedBlocks.rows(m, n, k) > 0;
    }

    /** What a profile calls the kernel of this product, such as {@code gemm-f32-8x2x16}: rows, vectors and lanes of a tile; {@code -packed} where rows of A are laid side by side. */
    public static String kernelName(int m, int n, int k) {
        if (!Simd.ENABLED) {
            return "gemm-f32-scalar";
        }
        if (StreamedBlocks.suits(m, n, k)) {
            return StreamedTiles.NAME;
        }
        if (packsRows(m, n, k)) {
            return "gemm-f32-" + PackedTiles.ROWS + "x2x" + Simd.LANES + "-packed";
        }
        if (BroadBlocks.columns(m, n, n, k) > 0) {
            return "gemm-f32-" + BroadBlocks.height(m) + "x4x" + Simd.LANES;
        }
        int tiles = Math.max(1, (m + MR - 1) / MR);
        int rows = GemmBlocks.height(m, tiles);
        int vectors = rows <= GemmBlocks.WIDE_ROWS && n >= 2 * NR ? 4 : 2;
        return "gemm-f32-" + rows + "x" + vectors + "x" + Simd.LANES;
    }

    /**
     * Multiplies by constant weights.
     *
     * @param residual null, or a matrix laid out like C (rows {@code ldc} apart) that is added; it may be C itself
     * @param scratch {@link #scratchLength(int, int, int)} values from {@code scratchOff} that nobody else uses now
     */
    public static void run(
            float[] a,
            int aOff,
            int lda,
            PackedB b,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int k = b.k();
        int n = b.n();
        checkRange(a, aOff, lda, k, n, c, cOff, ldc, residual, resOff, rowFrom, rowTo, panelFrom, panelTo, e);
        int columns = Math.min(n, panelTo * NR) - panelFrom * NR;
        checkScratch(scratch, scratchOff, scratchLength(rowTo - rowFrom, columns, k));
        if (StreamedBlocks.suits(rowTo - rowFrom, columns, k)) {
            StreamedBlocks.block(
                    a,
                    aOff,
                    lda,
                    null,
                    b.data,
                    b.start + panelFrom * k * NR,
                    k * NR,
                    k,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom,
                    rowTo,
                    panelFrom * NR,
                    columns,
                    e,
                    scratch,
                    scratchOff);
            return;
        }
        int kStep = GemmParts.kStep(rowTo - rowFrom, columns, k);
        int group = GemmParts.group(rowTo - rowFrom, columns, k);
        for (int p0 = panelFrom; p0 < panelTo; p0 += group) {
            int p1 = Math.min(panelTo, p0 + group);
            int k0 = 0;
            do {
                int kc = Math.min(kStep, k - k0);
                GemmParts.block(
                        a,
                        aOff + k0,
                        lda,
                        b.data,
                        b.start + (p0 * k + k0) * NR,
                        k * NR,
                        kc,
                        k0 == 0,
                        k0 + kc == k,
                        n,
                        c,
                        cOff,
                        ldc,
                        residual,
                        resOff,
                        rowFrom,
                        rowTo,
                        p0,
                        p1,
                        e,
                        scratch,
                        scratchOff);
                k0 += kc;
            } while (k0 < k);
        }
    }

    /** Length of the scratch that a product with an unpacked B needs to compute {@code panels} panels of so many rows, or fewer. */
    public static int scratchLengthUnpacked(int rows, int k, int panels) {
        int inPlace = Math.min(panels, group(kStep(k))) * kStep(k);
        int packedStep = PackedBlocks.kStep(k);
        int values = Math.max(inPlace, Math.min(panels, PackedBlocks.group(packedStep)) * packedStep);
        return scratchLength(rows, panels * NR, k) + values * NR;
    }

    /**
     * Multiplies by a B that is not constant (an activation): packed block by block into the scratch, or read where it is when there are few
     * rows.
     *
     * @param ldb distance between two stored rows of B, which is (N, K) when {@code transB}
     * @param alpha factor of the product
     * @param scratch {@link #scratchLengthUnpacked} values from {@code scratchOff}
     */
    public static void run(
            float[] a,
            int aOff,
            int lda,
            float[] b,
            int bOff,
            int ldb,
            boolean transB,
            float alpha,
            int k,
            int n,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        checkMatrix("B", b.length, bOff, ldb, transB ? n : k, transB ? k : n);
        checkRange(a, aOff, lda, k, n, c, cOff, ldc, residual, resOff, rowFrom, rowTo, panelFrom, panelTo, e);
        int columns = Math.min(n, panelTo * NR) - panelFrom * NR;
        int rows = rowTo - rowFrom;
        checkScratch(scratch, scratchOff, scratchLengthUnpacked(rows, k, panelTo - panelFrom));
        int kStep = GemmParts.kStep(rows, columns, k);
        int group = GemmParts.group(rows, columns, k);
        int packed = scratchOff + scratchLength(rows, columns, k);
        int packFrom = panelFrom;
        if (!packsRows(rows, columns, k) && GemmDirect.suits(rows, transB, alpha)) {
            packFrom += Math.max(0, Math.min(panelTo, n / NR) - panelFrom) & ~1;
            GemmDirect.run(
                    a,
                    aOff,
                    lda,
                    b,
                    bOff,
                    ldb,
                    k,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom,
                    rowTo,
                    panelFrom * NR,
                    packFrom * NR,
                    group * NR,
                    e);
        }
        for (int p0 = packFrom; p0 < panelTo; p0 += group) {
            int p1 = Math.min(panelTo, p0 + group);
            int k0 = 0;
            do {
                int kc = Math.min(kStep, k - k0);
                Packing.pack(b, bOff, ldb, transB, k0, kc, n, p0, p1, alpha, scratch, packed);
                GemmParts.block(
                        a,
                        aOff + k0,
                        lda,
                        scratch,
                        packed,
                        kc * NR,
                        kc,
                        k0 == 0,
                        k0 + kc == k,
                        n,
                        c,
                        cOff,
                        ldc,
                        residual,
                        resOff,
                        rowFrom,
                        rowTo,
                        p0,
                        p1,
                        e,
                        scratch,
                        scratchOff);
                k0 += kc;
            } while (k0 < k);
        }
    }

    /**
     * One block of K with a B that the caller has packed, for instance while gathering the pixels of a convolution. Blocks must be run in
     * the order of k over the same range of C; between them C holds the sums so far.
     *
     * @param aOff index of A(0, first k of the block)
     * @param packed panel {@code panelFrom} starts at {@code packedOff}, the next {@code panelStride} further on; row k of a panel is its
     *     NR values from {@code k * NR}; columns from n on must hold zeros or any other values: they reach no element of C
     * @param first whether the block starts the sums (with the bias, and the residual if there is one)
     * @param last whether the block ends them (with the activation)
     * @param scratch {@link #scratchLength(int, int, int)} values from {@code scratchOff}; may be part of the array {@code packed}
     */
    public static void runBlock(
            float[] a,
            int aOff,
            int lda,
            float[] packed,
            int packedOff,
            int panelStride,
            int kc,
            boolean first,
            boolean last,
            int n,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        checkRange(a, aOff, lda, kc, n, c, cOff, ldc, residual, resOff, rowFrom, rowTo, panelFrom, panelTo, e);
        int columns = Math.min(n, panelTo * NR) - panelFrom * NR;
        checkScratch(scratch, scratchOff, scratchLength(rowTo - rowFrom, columns, kc));
        if (panelTo > panelFrom) {
            checkMatrix("packed B", packed.length, packedOff, panelStride, panelTo - panelFrom, kc * NR);
        }
        GemmParts.block(
                a,
                aOff,
                lda,
                packed,
                packedOff,
                panelStride,
                kc,
                first,
                last,
                n,
                c,
                cOff,
                ldc,
                residual,
                resOff,
                rowFrom,
                rowTo,
                panelFrom,
                panelTo,
                e,
                scratch,
                scratchOff);
    }

    /** Length of a block of K that suits the caches: k is cut in blocks of about equal length. */
    public static int kStep(int k) {
        int blocks = Math.max(1, (k + KC - 1) / KC);
        return (k + blocks - 1) / blocks;
    }

    /** Panels that the rows of A pass over before the next ones. */
    static int group(int kStep) {
        return Math.max(2, GROUP_BYTES / (Math.max(1, kStep) * NR * 4) & ~1);
    }

    /**
     * Packs rows {@code kFrom..kFrom+kc} of panels {@code panelFrom..panelTo} of B (n columns in all) into {@code out}, panel after panel, as
     * {@link #runBlock} reads them with a panel stride of {@code kc * NR}.
     */
    public static void pack(
            float[] b,
            int bOff,
            int ldb,
            boolean transB,
            int kFrom,
            int kc,
            int n,
            int panelFrom,
            int panelTo,
            float alpha,
            float[] out,
            int outOff) {
        checkMatrix("B", b.length, bOff, ldb, transB ? n : kFrom + kc, transB ? kFrom + kc : n);
        checkScratch(out, outOff, (panelTo - panelFrom) * kc * NR);
        Packing.pack(b, bOff, ldb, transB, kFrom, kc, n, panelFrom, panelTo, alpha, out, outOff);
    }

    /** Writes the transpose of a (rows, columns) matrix: {@code out[outOff + c * ldOut + r] = in[off + r * ld + c]}. */
    public static void transpose(
            float[] in, int off, int ld, int rows, int columns, float[] out, int outOff, int ldOut) {
        checkMatrix("input", in.length, off, ld, rows, columns);
        checkMatrix("output", out.length, outOff, ldOut, columns, rows);
        Packing.transpose(in, off, ld, rows, columns, out, outOff, ldOut);
    }

    /** Refuses a (rows, columns) matrix that does not lie in its array. */
    static void checkMatrix(String name, int length, int off, int ld, int rows, int columns) {
        if (rows < 0 || columns < 0 || off < 0 || rows > 1 && ld < columns) {
            throw new IllegalArgumentException(name + " (" + rows + ", " + columns + ") with row distance " + ld
                    + " at offset " + off + ": not a matrix");
        }
        if (rows > 0 && columns > 0 && off + (rows - 1L) * ld + columns > length) {
            throw new IllegalArgumentException(name + " (" + rows + ", " + columns + ") with row distance " + ld
                    + " at offset " + off + " ends outside its array of " + length);
        }
    }

    private static void checkRange(
            float[] a,
            int aOff,
            int lda,
            int k,
            int n,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            Epilogue e) {
        if (rowFrom < 0 || rowFrom > rowTo || panelFrom < 0 || panelFrom > panelTo || panelTo > panels(n)) {
            throw new IllegalArgumentException("rows " + rowFrom + ".." + rowTo + " and panels " + panelFrom + ".."
                    + panelTo + ": expected ordered ranges, at most " + panels(n) + " panels");
        }
        checkMatrix("A", a.length, aOff, lda, rowTo, k);
        checkMatrix("C", c.length, cOff, ldc, rowTo, n);
        if (residual != null) {
            checkMatrix("residual", residual.length, resOff, ldc, rowTo, n);
        }
        e.checkBias(rowTo, n);
    }

    private static void checkScratch(float[] scratch, int off, int length) {
        if (off < 0 || length > scratch.length - off) {
            throw new IllegalArgumentException(
                    "scratch of " + scratch.length + " values from " + off + ", expected " + length + " after it");
        }
    }
}
