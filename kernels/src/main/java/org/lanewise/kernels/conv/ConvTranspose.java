package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;

/**
 * Transposed convolution in one to three dimensions, channels-first, prepared once per layer; immutable and shared by threads.
 *
 * <pre>y[n, m, i * stride - pad + k * dilation] += x[n, c, i] * w[c, m, k], then activation(y + bias[m])</pre>
 *
 * <p>A geometry here is that of {@link ConvGeometry#transposed}: input {@code (N, g.outChannels, g.axis.output)}, output
 * {@code (N, g.inChannels, g.axis.input)}. For a few output channels at a time one matrix product gives the columns, which are then added to
 * the planes.
 *
 * <p>The output is computed in units, the N * M planes.
 */
public final class ConvTranspose {
    private static final int COLUMN_VALUES = 64 << 10;

    private final float[] weights;
    private final float[] bias;
    private final Activation activation;

    /**
     * Prepares a layer.
     *
     * @param g any geometry of the layer: its channels, group and kernel count, its spatial sizes do not
     * @param w ONNX weights {@code (C, M/group, K1..Kr)}
     * @param bias M values from {@code biasOff} on, or null
     */
    public ConvTranspose(
            ConvGeometry g, float[] w, int wOff, float @Nullable [] bias, int biasOff, Activation activation) {
        this.activation = activation;
        int out = g.inChannels();
        this.bias = bias == null ? new float[out] : Arrays.copyOfRange(bias, biasOff, biasOff + out);
        this.weights = new float[g.weightSize()];
        int channels = g.groupOutChannels();
        int rows = g.depth();
        for (int i = 0; i < g.group() && rows > 0 && channels > 0; i++) {
            // (C, M * K) to (M * K, C): the left-hand side of the product
            int at = i * channels * rows;
            Gemm.transpose(w, wOff + at, rows, channels, rows, weights, at, channels);
        }
    }

    /** Number of units, the range that can be split between threads. */
    public int units(ConvGeometry g) {
        return g.batch() * g.inChannels();
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        int columns = g.taps() * g.outputPixels();
        return planesAtOnce(g) * columns
                + Gemm.scratchLengthUnpacked(
                        planesAtOnce(g) * g.taps(), g.groupOutChannels(), Gemm.panels(g.outputPixels()));
    }

    private static int planesAtOnce(ConvGeometry g) {
        int columns = Math.max(1, g.taps() * g.outputPixels());
        return Math.clamp(COLUMN_VALUES / columns, 1, Math.max(1, g.groupInChannels()));
    }

    /** Computes units {@code from} to {@code to} (exclusive). */
    public void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        int perGroup = g.groupInChannels();
        int atOnce = planesAtOnce(g);
        int pixels = g.outputPixels();
        int depth = g.groupOutChannels();
        int taps = g.taps();
        int gemmScratch = scratchOff + atOnce * taps * pixels;
        for (int plane = from; plane < to; ) {
            int imageGroup = plane / perGroup;
            int first = plane % perGroup;
            int count = Math.min(Math.min(atOnce, perGroup - first), to - plane);
            int a = (imageGroup % g.group() * perGroup + first) * taps * depth;
            Gemm.run(
                    weights,
                    a,
                    depth,
                    x,
                    xOff + imageGroup * depth * pixels,
                    pixels,
                    false,
                    1f,
                    depth,
                    pixels,
                    scratch,
                    scratchOff,
                    pixels,
                    null,
                    0,
                    0,
                    count * taps,
                    0,
                    Gemm.panels(pixels),
                    Epilogue.NONE,
                    scratch,
                    gemmScratch);
            for (int i = 0; i < count; i++) {
                finish(g, scratch, scratchOff + i * taps * pixels, y, yOff, plane + i);
            }
            plane += count;
        }
    }

    private void finish(ConvGeometry g, float[] columns, int columnsOff, float[] y, int yOff, int plane) {
        int size = g.inputPixels();
        int at = yOff + plane * size;
        Arrays.fill(y, at, at + size, bias[plane % g.inChannels()]);
        Col2Im.add(g, columns, columnsOff, y, at);
        RowFinish.run(y, at, null, 0, size, activation);
    }

    /**
     * The same for {@code double}, all of it, right rather than fast.
     *
     * @param w ONNX weights {@code (C, M/group, K1..Kr)}
     * @param bias M values from {@code biasOff} on, or null
     */
    public static void run(
            ConvGeometry g,
            double[] x,
            int xOff,
            double[] w,
            int wOff,
            double @Nullable [] bias,
            int biasOff,
            double[] y,
            int yOff) {
        int size = g.inputPixels();
        int pixels = g.outputPixels();
        int columns = g.depth();
        double[] column = new double[g.taps() * pixels];
        double[] plane = new double[size];
        ConvGeometry one = new ConvGeometry(1, 1, 1, 1, g.axes());
        for (int p = 0; p < g.batch() * g.inChannels(); p++) {
            int m = p % g.inChannels();
            int group = m / g.groupInChannels();
            int image = xOff + (p / g.inChannels() * g.outChannels() + group * g.groupOutChannels()) * pixels;
            Arrays.fill(column, 0);
            for (int c = 0; c < g.groupOutChannels(); c++) {
                int filter = wOff + (group * g.groupOutChannels() + c) * columns + m % g.groupInChannels() * g.taps();
                for (int i = 0; i < column.length; i++) {
                    column[i] += w[filter + i / pixels] * x[image + c * pixels + i % pixels];
                }
            }
            Col2Im.run(one, column, 0, plane, 0, 0, 1);
            for (int i = 0; i < size; i++) {
                y[yOff + p * size + i] = plane[i] + (bias == null ? 0 : bias[biasOff + m]);
            }
        }
    }
}
