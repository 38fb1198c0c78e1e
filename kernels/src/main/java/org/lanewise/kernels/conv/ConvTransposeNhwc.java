package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;

/**
 * Transposed 2-D convolution, channels-last, with constant weights, prepared once per layer; immutable and shared by threads.
 *
 * <p>A geometry here is that of {@link ConvGeometry#transposed}: input {@code (N, H, W, C)} with {@code C = g.outChannels}, output
 * {@code (N, OH, OW, M)} with {@code M = g.inChannels}. An output row is the sum of the kernel rows that reach it: each is one matrix product of
 * an input row {@code (W, C)} with {@code (C, KW * M)}, whose columns are then added to the output pixels. Rows of the output are independent.
 */
public final class ConvTransposeNhwc {
    private final List<PackedB> weights;
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
    }

    /** Number of output rows, N * OH: the range that can be split between threads. */
    public int rows(ConvGeometry g) {
        return g.batch() * g.axis(0).input();
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize(ConvGeometry g) {
        return Gemm.TILE_SCRATCH + g.axis(1).output() * g.axis(1).kernel() * g.groupInChannels();
    }

    /** Computes output rows {@code fromRow} to {@code toRow} (exclusive). */
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
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int out = g.inChannels();
        int depth = g.groupOutChannels();
        int columns = scratchOff + Gemm.TILE_SCRATCH;
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
