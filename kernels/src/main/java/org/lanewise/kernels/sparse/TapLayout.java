package org.lanewise.kernels.sparse;

import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;

/**
 * Where the tile of a sparse convolution holds what the taps read, for segments of {@code width} output pixels in a row of the image: the input columns
 * that some tap of some pixel reads, in an order in which the pixels of a segment are neighbours for every tap. For a stride of 2 those are first the even columns, then the odd ones.
 *
 * <p>The tile is {@code (channels of a block, KH, columns, LANES)}, and behind it a run of zeros.
 *
 * @param width output pixels of a segment
 * @param rows input rows that taps read, KH
 * @param columns input column, from the first one of the window, for every column of the tile
 * @param tapColumns the column of the tile where the first pixel's tap kx is
 * @param blockChannels input channels of a block
 * @param channels input channels of all groups
 */
record TapLayout(int width, int rows, int[] columns, int[] tapColumns, int blockChannels, int channels) {
    /** Values that a tile should have, so that it and what streams past it stay in the first-level cache. */
    private static final int TILE_VALUES = Integer.getInteger("lanewise.tile", 40) << 8;

    /** Blocks are multiples of this many channels, unless they are smaller: what a transposition takes, or half of it. */
    private static final int STEP = 8;

    private static final int L = TapTiles.LANES;

    /** The layout for a convolution; only its channels, kernel, strides and dilations count. */
    static TapLayout of(ConvGeometry g, int width) {
        WindowAxis h = g.widthAxis();
        int kernel = h.kernel();
        int stride = h.stride();
        int[] columns = new int[width * kernel];
        int[] tapColumns = new int[kernel];
        int count = 0;
        for (int phase = 0; phase < stride; phase++) {
            int end = -1; // first column of the phase that no tap so far reads
            for (int kx = 0; kx < kernel; kx++) {
                int at = kx * h.dilation();
                if (at % stride != phase) {
                    continue;
                }
                int first = at / stride;
                int fresh = Math.max(first, end);
                tapColumns[kx] = count - (fresh - first);
                for (int q = fresh; q < first + width; q++) {
                    columns[count++] = q * stride + phase;
                }
                end = first + width;
            }
        }
        int[] used = java.util.Arrays.copyOf(columns, count);
        int rows = g.heightAxis().kernel();
        int fitting = Math.max(1, TILE_VALUES / (rows * count * L));
        int block = Math.min(fitting, Math.max(1, g.inChannels()));
        if (block > STEP && block < g.inChannels()) {
            block -= block % STEP;
        }
        return new TapLayout(width, rows, used, tapColumns, block, g.inChannels());
    }

    /** Values of a segment's pixels in all lanes. */
    int run() {
        return width * L;
    }

    /** Values between two channels of a tile. */
    int pitch() {
        return rows * columns.length * L;
    }

    /** Where the zeros are: the tile's length without them. */
    int zeros() {
        return blockChannels * pitch();
    }

    /** Values of a tile and its zeros. */
    int size() {
        return zeros() + run();
    }

    /** Blocks of input channels. */
    int blocks() {
        return (channels + blockChannels - 1) / blockChannels;
    }

    /** Where the activations of a tap begin, for channel {@code c} of a block. */
    int offset(int c, int ky, int kx) {
        return c * pitch() + (ky * columns.length + tapColumns[kx]) * L;
    }
}
