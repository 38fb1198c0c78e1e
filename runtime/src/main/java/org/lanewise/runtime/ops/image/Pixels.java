package org.lanewise.runtime.ops.image;

/**
 * A decoded image.
 *
 * @param rgb its pixels row by row, {@code 0xRRGGBB}
 */
record Pixels(int width, int height, int[] rgb) {
    /** Largest number of pixels that fits a tensor of three channels. */
    static final int MAX = Integer.MAX_VALUE / 3;

    /** Whether an image of this size is one, and fits a tensor. */
    static boolean fits(long width, long height) {
        return width > 0 && height > 0 && width <= MAX && height <= MAX && width * height <= MAX;
    }
}
