package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;

/**
 * Where the tile of a sparse convolution holds what the taps read, for patches of {@code height x width} output pixels: the input rows and columns that
 * some tap of some pixel reads, in an order in which neighbouring pixels are neighbours for every tap. For a stride of 2 those are first the even columns, then the odd
 * ones.
 *
 * <p>The tile is {@code (channels, rows, columns, LANES)}, and behind it are zeros.
 *
 * @param height output rows of a patch
 * @param width output pixels of a patch in a row
 * @param rows input row, from the first one of the first window, for every row of the tile
 * @param tapRows the row of the tile where the first pixel's tap ky is
 * @param columns as rows
 * @param tapColumns as tapRows
 * @param fillChannels input channels that the tile has
 * @param parts blocks that these channels are divided in: channels whose lists are multiplied together
 * @param channels input channels of all groups
 */
record TapLayout(
        int height,
        int width,
        int[] rows,
        int[] tapRows,
        int[] columns,
        int[] tapColumns,
        int fillChannels,
        int parts,
        int channels) {
    /** Values of the tile that a row of patches should read of a block: about what the first-level cache holds, since longer lists have fewer ends. */
    private static final int BLOCK_VALUES = 46 << 8;

    private static final int L = TapTiles.LANES;

    /** The layout for a convolution; only its channels, kernel, strides and dilations count. */
    static TapLayout of(ConvGeometry g, int height, int width) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int[] tapRows = new int[v.kernel()];
        int[] tapColumns = new int[h.kernel()];
        int[] rows = positions(v, height, tapRows);
        int[] columns = positions(h, width, tapColumns);
        double best = Math.max(1, (double) BLOCK_VALUES / (v.kernel() * columns.length * L));
        int fill = (int) Math.min(g.inChannels(), Math.ceil(2 * best / L) * L);
        int parts = (int) Math.max(1, Math.ceil(fill / best));
        return new TapLayout(height, width, rows, tapRows, columns, tapColumns, fill, parts, g.inChannels());
    }

    /** The positions on one axis that some tap of {@code count} neighbours reads; and in {@code taps} where each tap's begin. */
    private static int[] positions(WindowAxis axis, int count, int[] taps) {
        int[] positions = new int[Math.multiplyExact(count, axis.kernel())];
        int known = 0;
        for (int phase = 0; phase < axis.stride(); phase++) {
            int end = 0; // the first position of the phase that no tap so far reads
            for (int k = 0; k < axis.kernel(); k++) {
                int at = k * axis.dilation();
                if (at % axis.stride() != phase) {
                    continue;
                }
                int first = at / axis.stride();
                int fresh = Math.max(first, end);
                taps[k] = known - (fresh - first);
                for (int i = fresh; i < first + count; i++) {
                    positions[known++] = i * axis.stride() + phase;
                }
                end = first + count;
            }
        }
        return Arrays.copyOf(positions, known);
    }

    /** Values of a patch's row in all lanes. */
    int run() {
        return width * L;
    }

    /** Values between two rows of a tile. */
    int rowPitch() {
        return columns.length * L;
    }

    /** Values between two channels of a tile: an odd number of vectors, so that channels do not fall on the same lines of the first-level cache. */
    int pitch() {
        return (rows.length * columns.length | 1) * L;
    }

    /** Where the zeros are: the values of a tile. */
    int zeros() {
        return fillChannels * pitch();
    }

    /** Values of a tile and its zeros, of which every row of patches sees others. */
    int size() {
        return zeros() + (height - 1) * rowPitch() + run();
    }

    /** The first of {@code block}'s channels in the tile. */
    int channelInTile(int block) {
        return block % parts * fillChannels / parts;
    }

    /** Whether some tap reads row {@code r} of the tile for the rows {@code from} to {@code to} of patches. */
    boolean reads(int r, int from, int to) {
        for (int tap : tapRows) {
            if (r >= tap + from && r < tap + to) {
                return true;
            }
        }
        return false;
    }

    /** Blocks of input channels; the last ones may be empty. */
    int blocks() {
        return fillChannels == 0 ? 0 : Math.ceilDiv(channels, fillChannels) * parts;
    }

    /** The first channel of {@code block}, or where the channels end. */
    int blockStart(int block) {
        return Math.min(channels, block / parts * fillChannels + channelInTile(block));
    }

    /** Where the activations of a tap begin for the first row of patches, for channel {@code c} of a block. */
    int offset(int c, int ky, int kx) {
        return c * pitch() + tapRows[ky] * rowPitch() + tapColumns[kx] * L;
    }
}
