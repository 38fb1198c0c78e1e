package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * The micro-kernel of {@link SparsePlanes}: for a run of a few vectors of pixels, all sums of an output channel stay in registers from its bias to its activation.
 */
final class PlaneTiles {
    /** Pixels of a vector. */
    static final int LANES = Simd.ENABLED ? Simd.LANES : 16;

    /** The most vectors of a run: as many sums as leave a register for a weight where there are sixteen of them, and a third of the vectors of many images. */
    static final int MOST = 9;

    private PlaneTiles() {}

    /** The vectors that a run of {@code vectors} is computed with: at least as many, of those that there is a method for. */
    static int width(int vectors) {
        return vectors > 6 ? MOST : vectors > 4 ? 6 : vectors > 3 ? 4 : 3;
    }

    /**
     * Computes the lists {@code from..to}: {@code y = max(lower, first + bias + weights * tile)} for each, a NaN staying one.
     *
     * @param width vectors of a run, as {@link #width} gives them
     * @param entries pairs: the bits of a weight, and its row of the tile
     * @param starts list {@code n} is {@code entries[starts[n]] .. entries[starts[n + 1]]}
     * @param order the output channel of each list
     * @param bias of each output channel
     * @param work the tile from {@code tile} on, rows of {@code width * LANES} values
     * @param first what the sums start from: row {@code c}, of output channel {@code c}, from {@code firstAt + c * firstRow} on, its vectors {@code step} values apart
     * @param y the results: row {@code c} from {@code yAt + c * yRow} on
     */
    static void run(
            int width,
            int[] entries,
            int[] starts,
            int[] order,
            int from,
            int to,
            float[] bias,
            float lower,
            float[] work,
            int tile,
            float[] first,
            int firstAt,
            int firstRow,
            int step,
            float[] y,
            int yAt,
            int yRow) {
        if (!Simd.ENABLED) {
            scalar(
                    width * LANES,
                    entries,
                    starts,
                    order,
                    from,
                    to,
                    bias,
                    lower,
                    work,
                    tile,
                    first,
                    firstAt,
                    firstRow,
                    step == 0 ? 0 : 1,
                    y,
                    yAt,
                    yRow);
            return;
        }
        switch (width) {
            case 3 ->
                PlaneTilesVector.run3(
                        entries, starts, order, from, to, bias, lower, work, tile, first, firstAt, firstRow, step, y,
                        yAt, yRow);
            case 4 ->
                PlaneTilesVector.run4(
                        entries, starts, order, from, to, bias, lower, work, tile, first, firstAt, firstRow, step, y,
                        yAt, yRow);
            case 6 ->
                PlaneTilesVector.run6(
                        entries, starts, order, from, to, bias, lower, work, tile, first, firstAt, firstRow, step, y,
                        yAt, yRow);
            case 9 ->
                PlaneTilesVector.run9(
                        entries, starts, order, from, to, bias, lower, work, tile, first, firstAt, firstRow, step, y,
                        yAt, yRow);
            default -> throw new IllegalArgumentException("runs have 3, 4, 6 or 9 vectors, got " + width);
        }
    }

    private static void scalar(
            int run,
            int[] entries,
            int[] starts,
            int[] order,
            int from,
            int to,
            float[] bias,
            float lower,
            float[] work,
            int tile,
            float[] first,
            int firstAt,
            int firstRow,
            int step,
            float[] y,
            int yAt,
            int yRow) {
        for (int n = from; n < to; n++) {
            int channel = order[n];
            int start = firstAt + channel * firstRow;
            int out = yAt + channel * yRow;
            for (int r = 0; r < run; r++) {
                y[out + r] = first[start + r * step] + bias[channel];
            }
            for (int i = starts[n]; i < starts[n + 1]; i += 2) {
                float weight = Float.intBitsToFloat(entries[i]);
                int row = tile + entries[i + 1] * run;
                for (int r = 0; r < run; r++) {
                    y[out + r] = Simd.fma(weight, work[row + r], y[out + r]);
                }
            }
            for (int r = 0; r < run; r++) {
                y[out + r] = y[out + r] < lower ? lower : y[out + r];
            }
        }
    }
}
