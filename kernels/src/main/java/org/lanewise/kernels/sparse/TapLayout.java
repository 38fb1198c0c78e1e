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
 * @param blockChannels input channels whose lists are multiplied together
 * @param fillChannels input channels that the tile has: one or two blocks
 * @param channels input channels of all groups
 */
record TapLayout(
        int height,
        int width,
        int[] rows,
        int[] tapRows,
        int[] columns,
        int[] tapColumns,
        int blockChannels,
        int fillChannels,
        int channels) {
    /** Values that a row of patches should read of the tile: a little more than the first-level cache holds is faster than half as many. */
    private static final int TILE_VALUES = 56 << 8;

    private static final int L = TapTiles.LANES;

    /** Half a transposition: what blocks that are smaller than one are multiples of. */
    private static final int HALF = L / 2;

    /** The layout for a convolution; only its channels, kernel, strides and dilations count. */
    static TapLayout of(ConvGeometry g, int height, int width) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int[] tapRows = new int[v.kernel()];
        int[] tapColumns = new int[h.kernel()];
        int[] rows = positions(v, height, tapRows);
        int[] columns = positions(h, width, tapColumns);
        int read = v.kernel() * columns.length * L;
        int block = Math.max(1, TILE_VALUES / read);
        if (block >= L) {
            block -= block % L;
        } else if (block >= HALF) {
            block = HALF;
        }
        block = Math.min(block, Math.max(1, g.inChannels()));
        int fill = block == HALF && L > HALF ? Math.min(2 * block, g.inChannels()) : block;
        return new TapLayout(height, width, rows, tapRows, columns, tapColumns, block, fill, g.inChannels());
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

    /** Values between two channels of a tile. */
    int pitch() {
        return rows.length * rowPitch();
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
        return block * blockChannels % fillChannels;
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

    /** Blocks of input channels. */
    int blocks() {
        return (channels + blockChannels - 1) / blockChannels;
    }

    /** Where the activations of a tap begin for the first row of patches, for channel {@code c} of a block. */
    int offset(int c, int ky, int kx) {
        return c * pitch() + tapRows[ky] * rowPitch() + tapColumns[kx] * L;
    }
}
