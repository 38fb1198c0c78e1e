package org.lanewise.kernels.sparse;

import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;

/**
 * The output of a sparse convolution cut in patches of {@code height x width} pixels, {@link TapTiles#LANES} of them to a group, in the order of the image. A
 * patch at the end of a row or column may have fewer pixels, and the last group fewer patches. A unit of work is one row of all patches of a group.
 *
 * @param g the sizes
 * @param layout of the tiles
 * @param groups number of groups
 * @param pixel for every group, row and column of the tile and lane the input pixel there, any that exists for padding
 * @param inside for every group, row and column of the tile which lanes read the input there and not padding, a bit each
 * @param target for every group and lane the patch's first output pixel
 * @param covered for every unit and pixel of a patch's row which lanes have it, a bit each
 */
record PatchPlan(ConvGeometry g, TapLayout layout, int groups, int[] pixel, int[] inside, int[] target, int[] covered) {
    private static final int L = TapTiles.LANES;

    /** All lanes. */
    static final int ALL = (1 << L) - 1;

    /** Groups of patches. */
    static int groups(ConvGeometry g, int height, int width) {
        long patches = (long) g.batch() * pieces(g.heightAxis(), height) * pieces(g.widthAxis(), width);
        return Math.toIntExact((patches + L - 1) / L);
    }

    private static int pieces(WindowAxis axis, int size) {
        return (axis.output() + size - 1) / size;
    }

    static PatchPlan of(ConvGeometry g, TapLayout layout) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int groups = groups(g, layout.height(), layout.width());
        int positions = Math.multiplyExact(groups, layout.rows().length * layout.columns().length);
        PatchPlan plan = new PatchPlan(
                g,
                layout,
                groups,
                new int[Math.multiplyExact(positions, L)],
                new int[positions],
                new int[groups * L],
                new int[Math.multiplyExact(groups, layout.height() * layout.width())]);
        int across = pieces(h, layout.width());
        int down = pieces(v, layout.height());
        for (int patch = 0; patch < g.batch() * down * across; patch++) {
            int ox = patch % across * layout.width();
            int oy = patch / across % down * layout.height();
            plan.add(patch, patch / across / down, oy, ox);
        }
        return plan;
    }

    private void add(int patch, int image, int oy, int ox) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int bit = 1 << (patch % L);
        int columns = layout.columns().length;
        int top = oy * v.stride() - v.padBegin();
        int left = ox * h.stride() - h.padBegin();
        int at = patch / L * layout.rows().length * columns;
        for (int r = 0; r < layout.rows().length; r++) {
            int iy = top + layout.rows()[r];
            for (int q = 0; q < columns && iy >= 0 && iy < v.input(); q++) {
                int ix = left + layout.columns()[q];
                if (ix >= 0 && ix < h.input()) {
                    inside[at + r * columns + q] |= bit;
                    pixel[(at + r * columns + q) * L + patch % L] = (image * v.input() + iy) * h.input() + ix;
                }
            }
        }
        target[patch] = (image * v.output() + oy) * h.output() + ox;
        for (int r = 0; r < Math.min(layout.height(), v.output() - oy); r++) {
            for (int o = 0; o < Math.min(layout.width(), h.output() - ox); o++) {
                covered[(patch / L * layout.height() + r) * layout.width() + o] |= bit;
            }
        }
    }
}
