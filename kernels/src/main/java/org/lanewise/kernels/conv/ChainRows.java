package org.lanewise.kernels.conv;

import java.util.List;

/**
 * The input rows {@code first..behind} that some output rows of a convolution read, and its padding above and below them.
 *
 * @param first the first row
 * @param behind behind the last one
 * @param above rows of padding that windows reach over above the first
 * @param below the same below the last
 */
record ChainRows(int first, int behind, int above, int below) {
    /** Of output rows {@code from..to}. */
    static ChainRows of(ConvGeometry g, int from, int to) {
        WindowAxis h = g.axis(0);
        int top = from * h.stride() - h.padBegin();
        int bottom = (to - 1) * h.stride() - h.padBegin() + h.extent();
        int first = Math.clamp(top, 0, h.input());
        int behind = Math.clamp(bottom, first, h.input());
        int padding = bottom - top - (behind - first);
        int above = Math.clamp(first - top, 0, padding); // all of the rows may lie above the image, or below
        return new ChainRows(first, behind, above, padding - above);
    }

    /** The convolution of these rows of one image alone. */
    ConvGeometry part(ConvGeometry g) {
        WindowAxis h = g.axis(0);
        WindowAxis w = g.axis(1);
        return ConvGeometry.of(
                new int[] {1, g.inChannels(), behind - first, w.input()},
                new int[] {g.outChannels(), g.groupInChannels(), h.kernel(), w.kernel()},
                g.group(),
                AutoPad.NOTSET,
                new int[] {h.stride(), w.stride()},
                new int[] {above, w.padBegin(), below, w.padEnd()},
                new int[] {h.dilation(), w.dilation()});
    }

    /** How many output rows of convolutions in a row are computed together, so that there are at most about {@code values} between them; even, for kernels that take two rows. */
    static int ofABand(List<ConvGeometry> geometries, int values) {
        int height = geometries.getLast().axis(0).output();
        int fitting = 2;
        while (fitting < height && values(geometries, fitting + 2) <= values) {
            fitting += 2;
        }
        int bands = Math.max(1, Math.ceilDiv(height, fitting));
        return Math.max(1, (Math.ceilDiv(height, bands) + 1) & -2);
    }

    private static long values(List<ConvGeometry> geometries, int rows) {
        long values = 0;
        long needed = rows;
        for (int i = geometries.size() - 1; i >= 0; i--) {
            ConvGeometry g = geometries.get(i);
            WindowAxis h = g.axis(0);
            needed = Math.min(h.input(), (needed - 1) * h.stride() + h.extent());
            values += needed * g.axis(1).input() * g.inChannels();
        }
        return values;
    }
}
