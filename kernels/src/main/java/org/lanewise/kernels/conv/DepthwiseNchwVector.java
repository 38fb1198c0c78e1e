package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;

/**
 * Depthwise convolutions of planes of one size, in one or two dimensions, with vectors over the pixels of a row, for all kernels, strides and dilations; immutable and shared by threads.
 *
 * <p>A few planes are copied with their padding, then each is computed in tiles of four vectors ({@link DepthwiseTaps}): of four rows that share the rows they read, or of one row where the output has few.
 */
final class DepthwiseNchwVector {
    private static final int L = Simd.LANES;
    private static final int TILE = DepthwiseTaps.ROWS;

    /** Planes copied at once: loads from what was just stored in other pieces would wait for it. */
    private static final int MOST_PLANES = 8;

    private static final int MOST_VALUES = 8192;

    private final ConvGeometry g;
    private final DepthwisePadding padding;
    private final int height;
    private final int width;
    private final int kernelHeight;
    private final int kernelWidth;

    /** Whether tiles have four rows. */
    private final boolean inRows;

    /** Rows of the output from one vector of a tile to the next. */
    private final int rowStep;

    /** Rows of the kernel that a tile takes at once. */
    private final int most;

    /** Rows and columns of the kernel with different phases of the stride: taps of one phase lie side by side. */
    private final int rowPhases;

    private final int colPhases;
    private final int colStep;
    private final int planesAtOnce;

    DepthwiseNchwVector(ConvGeometry g) {
        this.g = g;
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        this.padding = new DepthwisePadding(v, h);
        this.height = v.output();
        this.width = h.output();
        this.kernelHeight = v.kernel();
        this.kernelWidth = h.kernel();
        this.inRows = height >= TILE;
        int common = gcd(v.stride(), v.dilation());
        this.colPhases = h.stride() / gcd(h.stride(), h.dilation());
        this.colStep = h.dilation() / gcd(h.stride(), h.dilation());
        boolean sharing = colStep == 1 && height / (v.dilation() / common) >= TILE;
        this.rowStep = sharing ? v.dilation() / common : 1;
        this.rowPhases = sharing ? v.stride() / common : 1;
        this.most = sharing ? DepthwiseTaps.MOST : 1;
        this.planesAtOnce = Math.clamp(MOST_VALUES / padding.size(), 1, MOST_PLANES);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    boolean isFor(ConvGeometry other) {
        return g == other || g.equals(other);
    }

    int scratchSize() {
        return stage() + height * Math.max(L, width) + 2 * L;
    }

    private int filter() {
        return L + planesAtOnce * padding.size();
    }

    private int stage() {
        return filter() + Alignment.lines(kernelHeight * kernelWidth);
    }

    /**
     * Computes planes {@code from..to} of the output, counted over batch and channels.
     *
     * @param lower the least result
     * @param upper the greatest result
     * @param end behind the last value of {@code y} that may be written, and will be computed later if it lies behind plane {@code to}
     */
    void run(
            float[] x,
            int xOff,
            float[] w,
            int wOff,
            float[] bias,
            float lower,
            float upper,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to,
            int end) {
        int size = padding.size();
        int planes = scratchOff + L;
        int outChannels = g.outChannels();
        int inPixels = g.inputPixels();
        int taps = kernelHeight * kernelWidth;
        Arrays.fill(scratch, planes, planes + Math.min(planesAtOnce, to - from) * size, 0);
        for (int first = from; first < to; first += planesAtOnce) {
            int count = Math.min(planesAtOnce, to - first);
            for (int i = 0; i < count; i++) {
                int channel = (first + i) % outChannels / g.groupOutChannels();
                int in = (first + i) / outChannels * g.inChannels() + channel;
                padding.copy(x, xOff + in * inPixels, scratch, planes + i * size);
            }
            for (int i = 0; i < count; i++) {
                int channel = (first + i) % outChannels;
                Arrays.fill(scratch, scratchOff, scratchOff + L, bias[channel]);
                int out = yOff + (first + i) * height * width;
                boolean reordered = colPhases > 1;
                if (reordered) {
                    reorder(w, wOff + channel * taps, scratch, scratchOff + filter());
                }
                plane(
                        scratch,
                        scratchOff,
                        planes + i * size,
                        reordered ? scratch : w,
                        reordered ? scratchOff + filter() : wOff + channel * taps,
                        lower,
                        upper,
                        y,
                        out,
                        end);
            }
        }
    }

    /** Brings the columns of a kernel that have one phase together, row by row. */
    private void reorder(float[] w, int wAt, float[] to, int toAt) {
        int at = toAt;
        for (int ky = 0; ky < kernelHeight; ky++) {
            for (int phase = 0; phase < colPhases; phase++) {
                for (int kx = phase; kx < kernelWidth; kx += colPhases) {
                    to[at++] = w[wAt + ky * kernelWidth + kx];
                }
            }
        }
    }

    private void plane(
            float[] scratch,
            int scratchOff,
            int at,
            float[] w,
            int wAt,
            float lower,
            float upper,
            float[] y,
            int out,
            int end) {
        int beyond = width < L ? L - width : inRows ? 0 : TILE - 1;
        boolean disorder =
                width < L && rowStep > 1; // rows are not computed one after the other, and overwrite each other
        boolean staged = disorder || out + height * width + beyond > end;
        int stage = scratchOff + stage();
        float[] to = staged ? scratch : y;
        int toAt = staged ? stage : out;
        if (inRows) {
            rows(scratch, scratchOff, at, w, wAt, lower, upper, to, toAt, disorder ? L : width);
        } else {
            for (int row = 0; row < height; row++) {
                line(row, scratch, scratchOff, at, w, wAt, lower, upper, to, toAt + row * width);
            }
        }
        if (disorder) {
            for (int row = 0; row < height; row++) {
                System.arraycopy(scratch, stage + row * L, y, out + row * width, width);
            }
        } else if (staged) {
            System.arraycopy(scratch, stage, y, out, height * width);
        }
    }

    /** Tiles of four rows; the last ones overlap those before them. */
    private void rows(
            float[] x, int init, int at, float[] w, int wAt, float lower, float upper, float[] y, int out, int pitch) {
        int line = padding.stride() * padding.pitch();
        for (int phase = 0; phase < rowStep; phase++) {
            int rows = (height - phase + rowStep - 1) / rowStep;
            for (int tile = 0; tile < rows; tile += TILE) {
                int row = phase + Math.min(tile, rows - TILE) * rowStep;
                for (int strip = 0; strip < width; strip += L) {
                    int column = Math.max(0, Math.min(strip, width - L));
                    int to = out + row * pitch + column;
                    tile(
                            x,
                            init,
                            at + row * line + column,
                            rowStep * line,
                            w,
                            wAt,
                            lower,
                            upper,
                            y,
                            to,
                            rowStep * pitch);
                }
            }
        }
    }

    /** A row of the output, in tiles of vectors side by side; the last one overlaps the one before it. */
    private void line(
            int row, float[] x, int init, int at, float[] w, int wAt, float lower, float upper, float[] y, int out) {
        int start = at + row * padding.stride() * padding.pitch();
        int step = Math.clamp((width - L + TILE - 2) / (TILE - 1), 0, L);
        int wide = (TILE - 1) * step + L;
        for (int column = 0; column < width; column += wide) {
            int first = Math.max(0, Math.min(column, width - wide));
            tile(x, init, start + first, step, w, wAt, lower, upper, y, out + first, step);
        }
    }

    /** All taps of four vectors. */
    private void tile(
            float[] x,
            int init,
            int at,
            int step,
            float[] w,
            int wAt,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        boolean begun = false;
        int left = kernelHeight * kernelWidth;
        for (int rowPhase = 0; rowPhase < Math.min(rowPhases, kernelHeight); rowPhase++) {
            int rows = (kernelHeight - rowPhase + rowPhases - 1) / rowPhases;
            int chunk = most == 1 ? 1 : rows <= most ? rows : Math.ceilDiv(rows, Math.ceilDiv(rows, most));
            for (int k = 0; k < rows; k += chunk) {
                int ky = rowPhase + k * rowPhases;
                int count = Math.min(chunk, rows - k);
                int column = 0;
                for (int kx = 0; kx < Math.min(colPhases, kernelWidth); kx++) {
                    int n = colPhases == 1 ? kernelWidth : (kernelWidth - kx + colPhases - 1) / colPhases;
                    left -= n * count;
                    DepthwiseTaps.run(
                            count,
                            x,
                            at + padding.tap(ky, kx),
                            step,
                            colStep,
                            n,
                            w,
                            wAt + ky * kernelWidth + column,
                            rowPhases * kernelWidth,
                            begun ? y : x,
                            begun ? out : init,
                            begun ? outStep : 0,
                            left == 0 ? lower : Float.NEGATIVE_INFINITY,
                            left == 0 ? upper : Float.POSITIVE_INFINITY,
                            y,
                            out,
                            outStep);
                    begun = true;
                    column += n;
                }
            }
        }
    }
}
