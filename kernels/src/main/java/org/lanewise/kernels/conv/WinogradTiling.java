package org.lanewise.kernels.conv;

/**
 * How the output of a 3x3 convolution of stride 1 is cut into square tiles, counted image by image, row by row.
 *
 * @param g the sizes
 * @param tile outputs along one side of a tile
 * @param down tiles below each other
 * @param across tiles beside each other
 */
record WinogradTiling(ConvGeometry g, int tile, int down, int across) {
    static WinogradTiling of(ConvGeometry g, int tile) {
        return new WinogradTiling(
                g, tile, (g.axis(0).output() + tile - 1) / tile, (g.axis(1).output() + tile - 1) / tile);
    }

    int tiles() {
        return g.batch() * down * across;
    }

    int image(int index) {
        return index / across / down;
    }

    /** First output row of a tile. */
    int row(int index) {
        return index / across % down * tile;
    }

    /** First output column of a tile. */
    int column(int index) {
        return index % across * tile;
    }

    /** Tiles from {@code index} on that lie in one row of tiles, at most {@code most}. */
    int run(int index, int most) {
        return Math.min(most, across - index % across);
    }
}
