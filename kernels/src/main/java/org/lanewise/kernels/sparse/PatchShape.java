package org.lanewise.kernels.sparse;

import org.lanewise.kernels.conv.ConvGeometry;

/**
 * The patches a sparse convolution's output is cut in, and the time that is predicted for them. The constants are fitted to measurements on vectors of 512
 * bits (docs/kernels-measured.md).
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

    /** Time of an entry beside its vectors, in nanoseconds as all of these, and of each of its vectors. */
    private static final double ENTRY = 0.39;

    private static final double ENTRY_VECTOR = 0.165;

    /** Time of an entry that comes from the third-level cache, if its vectors do not take longer. */
    private static final double ENTRY_FAR = 1.45;

    /** Time of a list beside its entries, and of each vector of its sums. */
    private static final double LIST = 1;

    private static final double LIST_VECTOR = 0.82;

    /** Time of transposing as many channels of a position of the tile as a vector has lanes. */
    private static final double FILL = 42;

    /** Time of copying one channel of a position of the tile, where the last channels are too few to be transposed. */
    private static final double COPY = 20;

    /** Time of transposing as many channels of a pixel of the output, a vector of pixels at a time. */
    private static final double FINISH = 57;

    /** Time of reading a byte of an input that the second-level cache does not hold. */
    private static final double READ_FAR = 0.045;

    /** Bytes of weights or input that are taken to stay in the second-level cache. */
    private static final double NEAR = 1 << 20;

    /** The shape with the least predicted time. */
    static PatchShape cheapest(ConvGeometry g, long nonZeros, boolean planarInput, boolean planarOutput) {
        boolean planar = planarInput || planarOutput;
        int least = planar ? Math.ceilDiv(g.widthAxis().output(), PatchLines.ACROSS) : TapTiles.LEAST;
        PatchShape best = of(g, nonZeros, 1, least);
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
                PatchShape shape = of(g, nonZeros, height, width);
                if (shape.nanos < best.nanos) {
                    best = shape;
                }
            }
        }
        return best;
    }

    private static PatchShape of(ConvGeometry g, long nonZeros, int height, int width) {
        TapLayout layout = TapLayout.of(g, height, width);
        int groups = PatchPlan.groups(g, height, width);
        int units = Math.multiplyExact(groups, height);
        double lists = (double) g.outChannels() * layout.blocks() / Math.max(1, g.group());
        double entries = nonZeros + lists / 2;
        int rest = g.inChannels() % L;
        int whole = g.inChannels() / L + (rest > SparseConvTile.FEW ? 1 : 0);
        double position = whole * FILL + (rest > SparseConvTile.FEW ? 0 : rest * COPY);
        double filled = (double) layout.rows().length * layout.columns().length * position;
        double finished = Math.ceil((double) g.outChannels() / L) * width;
        double entry = ENTRY + ENTRY_VECTOR * width;
        if (8 * entries > NEAR) {
            entry = Math.max(entry, ENTRY_FAR);
        }
        double unit = entries * entry + lists * (LIST + LIST_VECTOR * width) + finished * FINISH;
        double positions = (double) groups * L * layout.rows().length * layout.columns().length;
        double bytes = 4.0 * g.inChannels() * Math.min(positions, (double) g.batch() * g.inputPixels());
        double input = bytes > NEAR ? bytes * READ_FAR : 0;
        return new PatchShape(g, height, width, units, units * unit + groups * filled + input);
    }
}
