package org.lanewise.kernels.sparse;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;

/**
 * A 1x1 convolution of stride 1, channels first, by weights that are mostly zeros, prepared once per layer; immutable and shared by threads:
 *
 * <pre>y[m, p] = activation(bias[m] + sum over c of w[m, c] * x[c, p] + residual[m, p])</pre>
 *
 * <p>X is (C, P), an image's planes of P pixels one after the other, Y (M, P). A tile of up to {@value PlaneTiles#MOST} vectors of pixels of every plane is copied side by side, since planes
 * lie at distances that often fall on the same lines of the first-level cache. A sum of an output channel then stays in registers from its bias to its activation, and nothing is transposed. A weight that is exactly zero
 * contributes nothing, even times an infinity or NaN. Results do not depend on how tiles and channels are split between threads.
 *
 * <p>Lists of the same length are computed one after the other, whatever their channels: the end of a list is then seldom a surprise to the processor.
 */
public final class SparsePlanes {
    private static final int LANES = PlaneTiles.LANES;

    /** What starting and ending a list costs, in halves of an entry. */
    private static final int LIST_COST = 8;

    private final int in;
    private final int out;
    private final int[] entries;
    private final int[] starts;
    private final int[] order;
    private final float[] bias;
    private final float lower;
    private final Activation after;

    /**
     * Prepares a layer.
     *
     * @param w weights (M, C) from {@code wOff} on; zeros of either sign are left out
     * @param bias M values from {@code biasOff} on, or null
     */
    public SparsePlanes(
            float[] w, int wOff, int out, int in, float @Nullable [] bias, int biasOff, Activation activation) {
        SparseGemm.checkMatrix("W", w.length, wOff, in, out, in);
        this.in = in;
        this.out = out;
        this.bias = bias == null ? new float[out] : Arrays.copyOfRange(bias, biasOff, biasOff + out);
        boolean relu = activation.kind() == Activation.Kind.RELU;
        this.lower = relu ? 0 : Float.NEGATIVE_INFINITY;
        this.after = relu ? new Activation(Activation.Kind.NONE, 0, 0) : activation;
        int[] lengths = new int[out];
        for (int i = 0; i < out * in; i++) {
            lengths[i / in] += w[wOff + i] != 0 ? 1 : 0;
        }
        this.order = IntStream.range(0, out)
                .boxed()
                .sorted(Comparator.comparingInt(channel -> lengths[channel]))
                .mapToInt(Integer::intValue)
                .toArray();
        this.starts = new int[out + 1];
        this.entries = new int[2 * Arrays.stream(lengths).sum()];
        int at = 0;
        for (int n = 0; n < out; n++) {
            int row = wOff + order[n] * in;
            for (int c = 0; c < in; c++) {
                if (w[row + c] != 0) {
                    entries[at++] = Float.floatToRawIntBits(w[row + c]);
                    entries[at++] = c;
                }
            }
            starts[n + 1] = at;
        }
    }

    /** Input channels C. */
    public int inChannels() {
        return in;
    }

    /** Output channels M. */
    public int outChannels() {
        return out;
    }

    /** Weights that are not zero. */
    public int nonZeros() {
        return entries.length / 2;
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return 4L * (entries.length + starts.length + order.length + bias.length);
    }

    /** Number of tiles of an image, which can be split between threads. */
    public int tiles(int pixels) {
        return Math.ceilDiv(vectors(pixels), PlaneTiles.MOST);
    }

    private static int vectors(int pixels) {
        return Math.ceilDiv(pixels, LANES);
    }

    /** The first list of a piece out of {@code pieces}, with about as much work as every other. */
    public int cut(int pieces, int piece) {
        if (pieces <= 0 || piece < 0 || piece > pieces) {
            throw new IllegalArgumentException("piece " + piece + " of " + pieces);
        }
        long all = entries.length + (long) LIST_COST * out;
        int n = 0;
        while (n < out && (starts[n] + (long) LIST_COST * n) * pieces < all * piece) {
            n++;
        }
        return n;
    }

    /** Predicted time of an image of {@code pixels} pixels on one thread, in nanoseconds on the machine the model was fitted on (Zen 5). */
    public double nanos(int pixels) {
        return SparsePlanesCost.image(pixels, in, out, nonZeros());
    }

    /** Values of scratch that {@link #run} needs. */
    public int scratchLength(int pixels) {
        int run = PlaneTiles.MOST * LANES;
        return Math.addExact(LANES, Math.multiplyExact(run, in + (pixels % run == 0 ? 0 : out)));
    }

    /** What a profile calls the kernel, such as {@code sparse-planes-9x16}: vectors in a tile, lanes. */
    public String kernelName(int pixels) {
        int width = PlaneTiles.width(Math.min(PlaneTiles.MOST, vectors(pixels)));
        return "sparse-planes-" + (Simd.ENABLED ? width + "x" + LANES : "scalar");
    }

    /**
     * Computes lists {@code from..to}, which are output channels in an order of their own, for tiles {@code fromTile..toTile} of one image.
     *
     * @param pixels P, also the distance between two planes
     * @param residual null, or laid out like Y; it may be Y itself
     * @param scratch {@link #scratchLength} values from {@code scratchOff} on that nobody else uses now; {@code scratchOff} best begins a cache line
     */
    public void run(
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int residualOff,
            int pixels,
            int fromTile,
            int toTile,
            int from,
            int to,
            float[] scratch,
            int scratchOff) {
        SparseGemm.checkMatrix("X", x.length, xOff, pixels, in, pixels);
        SparseGemm.checkMatrix("Y", y.length, yOff, pixels, out, pixels);
        if (residual != null) {
            SparseGemm.checkMatrix("residual", residual.length, residualOff, pixels, out, pixels);
        }
        if (scratchOff < 0 || scratchLength(pixels) > scratch.length - scratchOff) {
            throw new IllegalArgumentException("scratch of " + scratch.length + " values from " + scratchOff
                    + ", expected " + scratchLength(pixels) + " after it");
        }
        Arrays.fill(scratch, scratchOff, scratchOff + LANES, 0);
        int tile = scratchOff + LANES;
        for (int i = fromTile; i < toTile; i++) {
            int at = i * PlaneTiles.MOST * LANES;
            int valid = Math.min(pixels - at, PlaneTiles.MOST * LANES);
            int width = PlaneTiles.width(vectors(valid));
            int run = width * LANES;
            if (Simd.ENABLED && valid == run) {
                PlaneTilesVector.copy(x, xOff + at, pixels, in, scratch, tile, run);
            } else {
                for (int c = 0; c < in; c++) {
                    System.arraycopy(x, xOff + c * pixels + at, scratch, tile + c * run, valid);
                }
            }
            if (valid == run) {
                multiply(width, from, to, scratch, tile, residual, residualOff + at, pixels, y, yOff + at, pixels);
            } else {
                partial(width, from, to, scratch, tile, residual, residualOff + at, y, yOff + at, pixels, valid);
            }
            for (int n = from; n < to && after.kind() != Activation.Kind.NONE; n++) {
                Activations.apply(after, y, yOff + order[n] * pixels + at, valid);
            }
        }
    }

    /** A tile whose last vector is not full, computed in the scratch. */
    private void partial(
            int width,
            int from,
            int to,
            float[] scratch,
            int tile,
            float @Nullable [] residual,
            int residualAt,
            float[] y,
            int yAt,
            int pixels,
            int valid) {
        int run = width * LANES;
        for (int c = 0; c < in; c++) {
            Arrays.fill(scratch, tile + c * run + valid, tile + (c + 1) * run, 0);
        }
        int stage = tile + in * run;
        for (int n = from; n < to && residual != null; n++) {
            System.arraycopy(residual, residualAt + order[n] * pixels, scratch, stage + order[n] * run, valid);
        }
        multiply(width, from, to, scratch, tile, residual == null ? null : scratch, stage, run, scratch, stage, run);
        for (int n = from; n < to; n++) {
            System.arraycopy(scratch, stage + order[n] * run, y, yAt + order[n] * pixels, valid);
        }
    }

    private void multiply(
            int width,
            int from,
            int to,
            float[] scratch,
            int tile,
            float @Nullable [] residual,
            int residualAt,
            int residualRow,
            float[] y,
            int yAt,
            int yRow) {
        PlaneTiles.run(
                width,
                entries,
                starts,
                order,
                from,
                to,
                bias,
                lower,
                scratch,
                tile,
                residual == null ? scratch : residual,
                residual == null ? tile - LANES : residualAt,
                residual == null ? 0 : residualRow,
                residual == null ? 0 : LANES,
                y,
                yAt,
                yRow);
    }
}
