package org.lanewise.kernels.resize;

/** Adds overlapping blocks up to an image (ONNX Col2Im): the transpose of cutting an image into the windows of a convolution. */
public final class ColumnsToImage {
    private final int[] image;
    private final int[] block;
    private final int[] windows;
    private final int[] dilations;
    private final int[] strides;
    private final int[] pads;
    private final int blockSize;
    private final int windowCount;
    private final int pixels;

    /**
     * Prepares.
     *
     * @param image spatial sizes of the image
     * @param block sizes of a block before dilation
     * @param dilations distance of neighbours in a block
     * @param strides distance of blocks
     * @param pads pixels around the image: begins, then ends
     */
    public ColumnsToImage(int[] image, int[] block, int[] dilations, int[] strides, int[] pads) {
        this.image = image.clone();
        this.block = block.clone();
        this.dilations = dilations.clone();
        this.strides = strides.clone();
        this.pads = pads.clone();
        this.windows = new int[image.length];
        int elements = 1;
        int count = 1;
        int size = 1;
        for (int i = 0; i < image.length; i++) {
            int extent = dilations[i] * (block[i] - 1) + 1;
            int room = image[i] + pads[i] + pads[i + image.length] - extent;
            windows[i] = room < 0 ? 0 : room / strides[i] + 1;
            elements = Math.multiplyExact(elements, block[i]);
            count = Math.multiplyExact(count, windows[i]);
            size = Math.multiplyExact(size, image[i]);
        }
        this.blockSize = elements;
        this.windowCount = count;
        this.pixels = size;
    }

    /** Elements of a block. */
    public int blockSize() {
        return blockSize;
    }

    /** Number of blocks that fit. */
    public int windowCount() {
        return windowCount;
    }

    /** Pixels of the image. */
    public int pixels() {
        return pixels;
    }

    /**
     * Where each element of the columns goes: for element {@code e} of block {@code w}, entry {@code e * windowCount + w} is the pixel, or -1 in the padding.
     */
    public int[] targets() {
        int[] targets = new int[Math.multiplyExact(blockSize, windowCount)];
        for (int i = 0; i < targets.length; i++) {
            int element = i / windowCount;
            int window = i % windowCount;
            int pixel = 0;
            int stride = 1;
            boolean inside = true;
            for (int axis = image.length - 1; axis >= 0; axis--) {
                int at = window % windows[axis] * strides[axis] - pads[axis] + element % block[axis] * dilations[axis];
                inside &= at >= 0 && at < image[axis];
                pixel += at * stride;
                stride *= image[axis];
                window /= windows[axis];
                element /= block[axis];
            }
            targets[i] = inside ? pixel : -1;
        }
        return targets;
    }

    /** Adds the columns {@code (blockSize, windowCount)} of one channel to its image, which must be zeroed. */
    public static void add(float[] columns, int from, int[] targets, float[] image, int to) {
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] >= 0) {
                image[to + targets[i]] += columns[from + i];
            }
        }
    }
}
