package org.lanewise.kernels.sparse;

import org.lanewise.kernels.conv.ConvGeometry;

/**
 * The patches a sparse convolution's output is cut in, and the time that is predicted for them. The constants are fitted to many layers on vectors of 512
 * bits on a Zen 5 and on a Xeon where ports are shared, and to one layer on narrower ones (docs/kernels-measured.md).
 *
 * @param g the sizes
 * @param height output rows of a patch
 * @param width output pixels of a patch in a row
 * @param units rows of groups of patches
 * @param nanos predicted time of one thread, in nanoseconds
 */
record PatchShape(ConvGeometry g, int height, int width, int units, double nanos) {
    /** Patches are no higher: the sums of all their rows are to stay in the second-level cache. */
    static final int MOST_HEIGHT = 8;

    /** Sums of a group of patches, in values. */
    private static final int MOST_SUMS = 100 << 10;

    private static final int L = TapTiles.LANES;

    private static final boolean SHARED = DenseCost.SHARED;

    /** Time of an entry beside its vectors, in nanoseconds as all of these, and of each of its vectors. */
    private static final double ENTRY = byWidth(SHARED ? 0.38 : 0.18, 0.163, 0.163);

    private static final double ENTRY_VECTOR = byWidth(SHARED ? 0.193 : 0.165, 0.149, 0.149);

    /** Time of a list beside its entries, and of each vector of its sums. */
    private static final double LIST = SHARED ? 0 : 0.5;

    private static final double LIST_VECTOR = byWidth(SHARED ? 0.76 : 0.57, 0.285, 0.143);

    /** Entries that fill a list up to the length of another. */
    private static final double FILLED_UP = 0.5;

    /** Time of transposing as many channels of a position of the tile as a vector has lanes. */
    private static final double FILL = byWidth(SHARED ? 54.7 : 45, 14, 6.2);

    /** Time of copying one channel of a position of the tile, where the last channels are too few to be transposed. */
    private static final double COPY = SHARED ? 23.5 : 20;

    /** Time of one channel of a row of the tile that is made of lines. */
    private static final double FILL_LINES = SHARED ? 27 : 22;

    /** Time of transposing as many channels of a pixel of the output, a vector of pixels at a time. */
    private static final double FINISH = byWidth(SHARED ? 82.8 : 41, 12.7, 5.6);

    /** Time of one channel of a unit that becomes lines. */
    private static final double FINISH_LINES = SHARED ? 20 : 10;

    /** Time of reading a byte of an input that the second-level cache does not hold. */
    private static final double READ_FAR = SHARED ? 0.0297 : 0.02;

    /** Time of reading a byte of lists that the second-level cache does not hold, for each group of patches. */
    private static final double LISTS_FAR = SHARED ? 0.0105 : 0.0127;

    /** Bytes of input, and of lists, that are taken to stay in the second-level cache. */
    private static final double NEAR = 1 << 20;

    private static final double NEAR_LISTS = SHARED ? 1 << 20 : 1 << 19;

    private static double byWidth(double of16, double of8, double of4) {
        return L > 8 ? of16 : L > 4 ? of8 : of4;
    }

    /** The shape with the least predicted time. */
    static PatchShape cheapest(ConvGeometry g, long nonZeros, boolean planarInput, boolean planarOutput) {
        boolean planar = planarInput || planarOutput;
        int least = planar ? Math.ceilDiv(g.widthAxis().output(), PatchLines.ACROSS) : TapTiles.LEAST;
        PatchShape best = of(g, nonZeros, 1, least, planarInput, planarOutput);
        for (int width = least; width <= TapTiles.MOST; width++) {
            if (planar && !PatchLines.suits(g, width)) {
                continue;
            }
            for (int height = 1; height <= MOST_HEIGHT; height++) {
                if (height > 1
                        && (height > g.heightAxis().output()
                                || (long) height * width * L * g.outChannels() > MOST_SUMS)) {
                    break;
                }
                PatchShape shape = of(g, nonZeros, height, width, planarInput, planarOutput);
                if (shape.nanos < best.nanos) {
                    best = shape;
                }
            }
        }
        return best;
    }

    private static PatchShape of(
            ConvGeometry g, long nonZeros, int height, int width, boolean planarInput, boolean planarOutput) {
        TapLayout layout = TapLayout.of(g, height, width);
        int groups = PatchPlan.groups(g, height, width);
        int units = Math.multiplyExact(groups, height);
        double lists = (double) g.outChannels() * layout.blocks() / Math.max(1, g.group());
        double entries = nonZeros + lists * FILLED_UP;
        double rows = layout.rows().length;
        double filled = planarInput
                ? rows * g.inChannels() * FILL_LINES
                : rows * layout.columns().length * position(g.inChannels());
        double finished = planarOutput
                ? g.outChannels() * FINISH_LINES
                : Math.ceil((double) g.outChannels() / L) * width * FINISH;
        double multiplied = entries * (ENTRY + ENTRY_VECTOR * width) + lists * (LIST + LIST_VECTOR * width);
        double positions = (double) groups * L * rows * layout.columns().length;
        double bytes = Float.BYTES * g.inChannels() * Math.min(positions, (double) g.batch() * g.inputPixels());
        double far = Math.max(0, Long.BYTES * entries - NEAR_LISTS) * LISTS_FAR;
        double input = bytes > NEAR ? bytes * READ_FAR : 0;
        double nanos = units * (multiplied + finished) + groups * (filled + far) + input;
        return new PatchShape(g, height, width, units, nanos);
    }

    /** Time of all channels of a position of the tile. */
    private static double position(int channels) {
        int rest = channels % L;
        int whole = channels / L + (rest > SparseConvTile.FEW ? 1 : 0);
        return whole * FILL + (rest > SparseConvTile.FEW ? 0 : rest * COPY);
    }
}
