package org.lanewise.kernels.conv;

import java.util.Arrays;

/**
 * Transforms input tiles: {@code V = B^T d B} for every tile and channel. First down the columns of a run of tiles, into lines that stay in
 * the first-level cache and where overlapping columns are computed once; then along the lines, tile by tile.
 *
 * @param tiling the tiles
 * @param step distance between two tile positions in the result
 * @param lines where the lines lie in the scratch, {@link #linesSize} values
 */
record WinogradInput(WinogradTiling tiling, int step, int lines) {
    /** Values that the lines of one run hold. */
    private static final int LINE_VALUES = 6 << 10;

    private static int run(WinogradTiling tiling) {
        int points = tiling.tile() + 2;
        int columns = LINE_VALUES / (points * Math.max(1, tiling.g().inChannels()));
        return Math.clamp((columns - 2) / tiling.tile(), 1, tiling.across());
    }

    static int linesSize(WinogradTiling tiling) {
        int points = tiling.tile() + 2;
        return 2 * points * (run(tiling) * tiling.tile() + 2) * tiling.g().inChannels();
    }

    /** Transforms tiles {@code from} to {@code to}: position p, tile t, channel c goes to {@code s[v + p * step + (t - from) * C + c]}. */
    void transform(float[] x, int xOff, int from, int to, float[] s, int v) {
        int tile = tiling.tile();
        int points = tile + 2;
        int channels = tiling.g().inChannels();
        int most = run(tiling);
        int index = from;
        while (index < to) {
            int run = Math.min(to - index, tiling.run(index, most));
            int line = (run * tile + 2) * channels;
            columns(x, xOff, index, line, s);
            for (int r = 0; r < points; r++) {
                int out = v + r * points * step + (index - from) * channels;
                WinogradPasses.inputs(
                        tile, s, lines + r * line, channels, tile * channels, s, out, step, channels, channels, run);
            }
            index += run;
        }
    }

    /** Transforms the columns of a run of tiles that starts at {@code index}; what lies in the padding becomes zero. */
    private void columns(float[] x, int xOff, int index, int line, float[] s) {
        ConvGeometry g = tiling.g();
        WindowAxis h = g.axis(0);
        WindowAxis w = g.axis(1);
        int channels = g.inChannels();
        int points = tiling.tile() + 2;
        int row = tiling.row(index) - h.padBegin();
        int column = tiling.column(index) - w.padBegin();
        int left = Math.clamp(-column, 0, line / channels);
        int right = Math.clamp(w.input() - column, left, line / channels);
        for (int r = 0; r < points; r++) {
            Arrays.fill(s, lines + r * line, lines + r * line + left * channels, 0);
            Arrays.fill(s, lines + r * line + right * channels, lines + (r + 1) * line, 0);
        }
        int count = (right - left) * channels;
        if (count == 0) {
            return;
        }
        int pitch = w.input() * channels;
        int in = xOff + (tiling.image(index) * h.input() + row) * pitch + (column + left) * channels;
        int out = lines + left * channels;
        if (row >= 0 && row + points <= h.input()) {
            WinogradPasses.input(tiling.tile(), x, in, pitch, s, out, line, count);
            return;
        }
        int patch = lines + points * line;
        for (int r = 0; r < points; r++) {
            if (row + r >= 0 && row + r < h.input()) {
                System.arraycopy(x, in + r * pitch, s, patch + r * count, count);
            } else {
                Arrays.fill(s, patch + r * count, patch + (r + 1) * count, 0);
            }
        }
        WinogradPasses.input(tiling.tile(), s, patch, count, s, out, line, count);
    }
}
