package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.elementwise.Activations;

/**
 * Transforms products back to output tiles: {@code Y = activation(A^T P A + bias + residual)}. First along the lines of every tile, then down the
 * columns of a run of tiles, straight into the output where the run is not cut off by its lower edge.
 *
 * @param tiling the tiles
 * @param step distance between two tile positions in the products
 * @param ld distance between two tiles in the products
 * @param firstChannel first output channel that is computed
 * @param channels number of output channels that are computed
 * @param lines where the lines lie in the scratch, {@link #linesSize} values
 * @param bias where the bias lies in the scratch, repeated for every pixel of a line, {@link #lineSize} values
 * @param activation applied last
 */
record WinogradOutput(
        WinogradTiling tiling,
        int step,
        int ld,
        int firstChannel,
        int channels,
        int lines,
        int bias,
        Activation activation) {
    /** Values that the lines of one run hold. */
    private static final int LINE_VALUES = 6 << 10;

    private static int run(WinogradTiling tiling, int channels) {
        int columns = LINE_VALUES / ((tiling.tile() + 2) * Math.max(1, channels));
        return Math.clamp(columns / tiling.tile(), 1, tiling.across());
    }

    /** Most values in a line. */
    static int lineSize(WinogradTiling tiling) {
        int tile = tiling.tile();
        return Math.max(LINE_VALUES / (tile + 2), tile * tiling.g().outChannels());
    }

    static int linesSize(WinogradTiling tiling) {
        return (2 * tiling.tile() + 2) * lineSize(tiling);
    }

    /** Lays out the bias; to be done before {@link #transform}. */
    void repeatBias(float[] values, float[] s) {
        int pixels = run(tiling, channels) * tiling.tile();
        for (int i = 0; i < pixels; i++) {
            System.arraycopy(values, firstChannel, s, bias + i * channels, channels);
        }
    }

    /** Transforms tiles {@code from} to {@code to}; the product of position p, tile t, channel c is {@code s[m + p * step + (t - from) * ld + c]}. */
    void transform(float[] s, int m, int from, int to, float[] y, int yOff, float @Nullable [] residual, int resOff) {
        int tile = tiling.tile();
        int points = tile + 2;
        int most = run(tiling, channels);
        int index = from;
        while (index < to) {
            int run = Math.min(to - index, tiling.run(index, most));
            int line = run * tile * channels;
            for (int r = 0; r < points; r++) {
                int in = m + r * points * step + (index - from) * ld + firstChannel;
                WinogradPasses.outputs(
                        tile, s, in, step, ld, s, lines + r * line, channels, tile * channels, channels, run);
            }
            columns(s, index, run, line, y, yOff, residual, resOff);
            index += run;
        }
    }

    private void columns(
            float[] s, int index, int run, int line, float[] y, int yOff, float @Nullable [] residual, int resOff) {
        ConvGeometry g = tiling.g();
        int tile = tiling.tile();
        int height = g.axis(0).output();
        int width = g.axis(1).output();
        int row = tiling.row(index);
        int column = tiling.column(index);
        int rows = Math.min(tile, height - row);
        int pixels = Math.min(run * tile, width - column);
        int pitch = width * g.outChannels();
        int at = (tiling.image(index) * height + row) * pitch + column * g.outChannels() + firstChannel;
        boolean whole = channels == g.outChannels();
        int pieces = whole ? 1 : pixels;
        int count = whole ? pixels * channels : channels;
        int below = lines + (tile + 2) * line;
        for (int piece = 0; piece < pieces; piece++) {
            int in = lines + piece * channels;
            int out = at + piece * g.outChannels();
            if (rows == tile) {
                WinogradPasses.output(tile, s, in, line, s, bias, residual, resOff + out, y, yOff + out, pitch, count);
            } else {
                WinogradPasses.output(tile, s, in, line, s, bias, null, 0, s, below, count, count);
                for (int r = 0; r < rows; r++) {
                    int to = yOff + out + r * pitch;
                    if (residual == null) {
                        System.arraycopy(s, below + r * count, y, to, count);
                    } else {
                        add(s, below + r * count, residual, resOff + out + r * pitch, y, to, count);
                    }
                }
            }
            if (activation.kind() != Activation.Kind.NONE) {
                for (int r = 0; r < rows; r++) {
                    Activations.apply(activation, y, yOff + out + r * pitch, count);
                }
            }
        }
    }

    private static void add(float[] a, int aOff, float[] b, int bOff, float[] y, int yOff, int count) {
        for (int i = 0; i < count; i++) {
            y[yOff + i] = a[aOff + i] + b[bOff + i];
        }
    }
}
