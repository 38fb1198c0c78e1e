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

    /** Time of a vector of products, once per entry and list. */
    private static final double VECTOR = 0.2;

    /** Time of an entry beside its vectors. */
    private static final double ENTRY = 0.05;

    /** Time of a list beside its entries. */
    private static final double LIST = 6;

    /** Time of transposing as many channels of a position of the tile as a vector has lanes. */
    private static final double FILL = 35;

    /** Time of transposing as many channels of a pixel of the output. */
    private static final double FINISH = 50;

    /** The shape with the least predicted time. */
    static PatchShape cheapest(ConvGeometry g, long nonZeros) {
        PatchShape best = of(g, nonZeros, 1, TapTiles.LEAST);
        for (int width = TapTiles.LEAST; width <= TapTiles.MOST; width++) {
            for (int height = 1; height <= MOST_HEIGHT; height++) {
                if (height > 1
                        && (height > g.heightAxis().output() || (long) height * width * L * g.outChannels() > MOST_SUMS)) {
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
        double lists = (double) g.outChannels() * Math.ceil((double) g.groupInChannels() / layout.blockChannels());
        double entries = nonZeros + lists / 2;
        double filled = Math.ceil((double) g.inChannels() / L) * layout.rows().length * layout.columns().length;
        double finished = Math.ceil((double) g.outChannels() / L) * width;
        double unit = entries * (width * VECTOR + ENTRY) + lists * LIST + finished * FINISH;
        return new PatchShape(g, height, width, units, units * unit + groups * filled * FILL);
    }
}
