package org.lanewise.kernels.sparse;

import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;

/**
 * The output of a sparse convolution cut in segments of a few pixels in a row, {@link TapTiles#LANES} of them to a unit, in the order of the image. A segment at the end
 * of a row may have fewer pixels, and the last unit fewer segments.
 *
 * @param g the sizes
 * @param width pixels of a segment
 * @param units groups of segments
 * @param origin for every segment the input pixel where its first window begins, as if the padding had pixels: it may lie outside
 * @param target for every segment its first output pixel
 * @param pixels for every segment how many pixels it has, 0 in lanes without segment
 * @param inside for every unit, kernel row and column of the layout, which lanes read the input there and not padding, a bit each
 */
record SegmentPlan(ConvGeometry g, int width, int units, int[] origin, int[] target, int[] pixels, int[] inside) {
    private static final int L = TapTiles.LANES;

    /** All lanes read the input. */
    static final int ALL = (1 << L) - 1;

    /** Units of an output whose rows are cut in segments of {@code width} pixels. */
    static int units(ConvGeometry g, int width) {
        long segments =
                (long) g.batch() * g.heightAxis().output() * ((g.widthAxis().output() + width - 1) / width);
        return Math.toIntExact((segments + L - 1) / L);
    }

    static SegmentPlan of(ConvGeometry g, TapLayout layout) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int width = layout.width();
        int units = units(g, width);
        int row = layout.columns().length;
        int[] origin = new int[units * L];
        int[] target = new int[units * L];
        int[] pixels = new int[units * L];
        int[] inside = new int[Math.multiplyExact(units, layout.rows() * row)];
        int perRow = (h.output() + width - 1) / width;
        int segments = g.batch() * v.output() * perRow;
        for (int s = 0; s < segments; s++) {
            int line = s / perRow;
            int ox = s % perRow * width;
            int top = line % v.output() * v.stride() - v.padBegin();
            int left = ox * h.stride() - h.padBegin();
            origin[s] = (line / v.output() * v.input() + top) * h.input() + left;
            target[s] = line * h.output() + ox;
            pixels[s] = Math.min(width, h.output() - ox);
            for (int ky = 0; ky < layout.rows(); ky++) {
                int iy = top + ky * v.dilation();
                int at = (s / L * layout.rows() + ky) * row;
                for (int q = 0; q < row && iy >= 0 && iy < v.input(); q++) {
                    int ix = left + layout.columns()[q];
                    if (ix >= 0 && ix < h.input()) {
                        inside[at + q] |= 1 << (s % L);
                    }
                }
            }
        }
        return new SegmentPlan(g, width, units, origin, target, pixels, inside);
    }
}
