package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.layout.MatrixTranspose;

/**
 * Transposed 2-D convolution, channels-last, with constant weights, prepared once per layer; immutable and shared by threads.
 *
 * <p>A geometry here is that of {@link ConvGeometry#transposed}: input {@code (N, H, W, C)} with {@code C = g.outChannels}, output
 * {@code (N, OH, OW, M)} with {@code M = g.inChannels}. An output row is the sum of the kernel rows that reach it: each is one matrix product of
 * an input row {@code (W, C)} with {@code (C, KW * M)}, whose columns are then added to the output pixels. Rows of the output are independent.
 *
 * <p>Where windows do not overlap (stride = kernel, no pads, one group: upsampling), that product already is the output row and is written straight
 * there. With few output channels it is computed from the transposed row.
 */
public final class ConvTransposeNhwc {
    /** Up to so many values per input pixel, vectors run over the pixels: as columns of a product they would leave most of a vector empty. */
    private static final int NARROW = 8;

    private static final Activation NO_ACTIVATION = new Activation(Activation.Kind.NONE, 0, 0);

    private final List<PackedB> weights;

    /** All weights as a matrix {@code (KH * KW * M, C)}; {@code null} with more rows than {@link #NARROW}, or with groups. */
    private final float @Nullable [] narrow;

    private final Epilogue narrowEpilogue;
    private final Epilogue rowEpilogue;
    private final float[] bias;
    private final Activation activation;

    /**
     * Packs the weights.
     *
     * @param g any geometry of the layer: its channels, group and kernel count, its spatial sizes do not
     * @param w ONNX weights {@code (C, M/group, KH, KW)}
     * @param bias M values from {@code biasOff} on, or null
     */
    public ConvTransposeNhwc(
            ConvGeometry g, float[] w, int wOff, float @Nullable [] bias, int biasOff, Activation activation) {
        if (g.rank() != 2) {
            throw new IllegalArgumentException(
                    "channels-last transposed convolution has 2 spatial axes, got " + g.rank());
        }
        this.activation = activation;
        this.bias =
                bias == null ? new float[g.inChannels()] : Arrays.copyOfRange(bias, biasOff, biasOff + g.inChannels());
        this.weights = new ArrayList<>();
        int depth = g.groupOutChannels();
        int out = g.groupInChannels();
        int rows = g.axis(0).kernel();
        int columns = g.axis(1).kernel();
        for (int i = 0; i < g.group(); i++) {
            for (int ky = 0; ky < rows; ky++) {
                float[] b = new float[depth * columns * out];
                for (int j = 0; j < b.length; j++) {
                    int c = j / (columns * out);
                    int kx = j / out % columns;
                    b[j] = w[wOff + (((i * depth + c) * out + j % out) * rows + ky) * columns + kx];
                }
                weights.add(PackedB.pack(b, 0, columns * out, false, depth, columns * out));
            }
        }
        this.rowEpilogue = Epilogue.biasPerColumn(repeated(columns), activation);
        this.narrowEpilogue = Epilogue.biasPerRow(repeated(rows * columns), NO_ACTIVATION);
        this.narrow = g.group() == 1 && rows * columns * out <= NARROW ? narrow(g, w, wOff) : null;
    }

    private float[] repeated(int times) {
        float[] values = new float[times * bias.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = bias[i % bias.length];
        }
        return values;
    }

    private static float[] narrow(ConvGeometry g, float[] w, int wOff) {
        int depth = g.outChannels();
        int out = g.inChannels();
        int taps = g.taps();
        float[] a = new float[taps * out * depth];
        for (int i = 0; i < a.length; i++) {
            int column = i / depth;
            a[i] = w[wOff + (i % depth * out + column % out) * taps + column / out];
        }
        return a;
    }

    /** Whether every output pixel comes from exactly one input pixel. */
    private static boolean isUpsampling(ConvGeometry g) {
        return g.group() == 1 && isUpsampling(g.axis(0)) && isUpsampling(g.axis(1));
    }

    private static boolean isUpsampling(WindowAxis axis) {
        return axis.stride() == axis.kernel()
                && axis.dilation() == 1
                && axis.padBegin() == 0
                && axis.input() == axis.output() * axis.stride();
    }

    /** Number of units that can be split between threads: input rows where windows do not overlap, output rows elsewhere. */
    public int rows(ConvGeometry g) {
        return g.batch() * (isUpsampling(g) ? g.axis(0).output() : g.axis(0).input());
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        int width = g.axis(1).output();
        int columns = g.axis(1).kernel() * g.groupInChannels();
        return narrow == null
                ? rowScratch(g) + width * columns
                : narrowScratch(g)
                        + width * (g.outChannels() + columns * g.axis(0).kernel());
    }

    private static int rowScratch(ConvGeometry g) {
        int width = Math.max(g.axis(1).input(), g.axis(1).output());
        return Gemm.scratchLength(width, g.axis(1).kernel() * g.groupInChannels(), g.groupOutChannels());
    }

    private static int narrowScratch(ConvGeometry g) {
        int products = g.axis(1).kernel() * g.inChannels() * g.axis(0).kernel();
        return Gemm.scratchLengthUnpacked(
                products, g.outChannels(), Gemm.panels(g.axis(1).output()));
    }

    /** Computes the {@link #rows} {@code fromRow} to {@code toRow} (exclusive). */
    public void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        if (isUpsampling(g)) {
            for (int row = fromRow; row < toRow; row++) {
                if (narrow == null) {
                    upsampleRow(g, x, xOff, y, yOff, scratch, scratchOff, row);
                } else {
                    upsampleNarrowRow(g, narrow, x, xOff, y, yOff, scratch, scratchOff, row);
                }
            }
        } else {
            sumRows(g, x, xOff, y, yOff, scratch, scratchOff, fromRow, toRow);
        }
    }

    private void upsampleRow(
            ConvGeometry g, float[] x, int xOff, float[] y, int yOff, float[] scratch, int scratchOff, int row) {
        int width = g.axis(1).output();
        int columns = g.axis(1).kernel() * g.inChannels();
        for (int ky = 0; ky < g.axis(0).kernel(); ky++) {
            PackedB b = weights.get(ky);
            Gemm.run(
                    x,
                    xOff + row * width * g.outChannels(),
                    g.outChannels(),
                    b,
                    y,
                    yOff + (row * g.axis(0).kernel() + ky) * width * columns,
                    columns,
                    null,
                    0,
                    0,
                    width,
                    0,
                    b.panels(),
                    rowEpilogue,
                    scratch,
                    scratchOff);
        }
    }

    /** The row (W, C) is transposed first, so that the vectors run over its pixels. */
    private void upsampleNarrowRow(
            ConvGeometry g,
            float[] w,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int row) {
        int width = g.axis(1).output();
        int depth = g.outChannels();
        int columns = g.axis(1).kernel() * g.inChannels();
        int products = columns * g.axis(0).kernel();
        int panels = Gemm.panels(width);
        int planes = scratchOff + narrowScratch(g);
        int results = planes + depth * width;
        MatrixTranspose.run(x, xOff + row * width * depth, depth, scratch, planes, width, width, depth);
        Gemm.run(
                w,
                0,
                depth,
                scratch,
                planes,
                width,
                false,
                1,
                depth,
                width,
                scratch,
                results,
                width,
                null,
                0,
                0,
                products,
                0,
                panels,
                narrowEpilogue,
                scratch,
                scratchOff);
        for (int ky = 0; ky < g.axis(0).kernel(); ky++) {
            int at = yOff + (row * g.axis(0).kernel() + ky) * width * columns;
            MatrixTranspose.run(scratch, results + ky * columns * width, width, y, at, columns, columns, width);
            RowFinish.run(y, at, null, 0, width * columns, activation);
        }
    }

    private void sumRows(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int out = g.inChannels();
        int depth = g.groupOutChannels();
        int columns = scratchOff + rowScratch(g);
        int size = h.kernel() * g.groupInChannels();
        for (int row = fromRow; row < toRow; row++) {
            int at = yOff + row * h.input() * out;
            for (int ox = 0; ox < h.input(); ox++) {
                System.arraycopy(bias, 0, y, at + ox * out, out);
            }
            for (int ky = 0; ky < v.kernel(); ky++) {
                int shifted = row % v.input() + v.padBegin() - ky * v.dilation();
                if (shifted < 0 || shifted % v.stride() != 0 || shifted / v.stride() >= v.output()) {
                    continue;
                }
                int line = xOff + (row / v.input() * v.output() + shifted / v.stride()) * h.output() * g.outChannels();
                for (int i = 0; i < g.group(); i++) {
                    PackedB b = weights.get(i * v.kernel() + ky);
                    Gemm.run(
                            x,
                            line + i * depth,
                            g.outChannels(),
                            b,
                            scratch,
                            columns,
                            size,
                            null,
                            0,
                            0,
                            h.output(),
                            0,
                            b.panels(),
                            Epilogue.NONE,
                            scratch,
                            scratchOff);
                    scatter(g, scratch, columns, y, at + i * g.groupInChannels());
                }
            }
            RowFinish.run(y, at, null, 0, h.input() * out, activation);
        }
    }

    private static void scatter(ConvGeometry g, float[] columns, int columnsOff, float[] y, int yOff) {
        WindowAxis h = g.axis(1);
        int channels = g.groupInChannels();
        for (int ix = 0; ix < h.output(); ix++) {
            int start = ix * h.stride() - h.padBegin();
            for (int kx = h.firstTap(start); kx < h.lastTap(start); kx++) {
                int from = columnsOff + (ix * h.kernel() + kx) * channels;
                int to = yOff + (start + kx * h.dilation()) * g.inChannels();
                for (int c = 0; c < channels; c++) {
                    y[to + c] += columns[from + c];
                }
            }
        }
    }
}
