package org.lanewise.cli.input;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Images and labels in the binary form of CIFAR-10: rows of 3,073 bytes, the label and then 32 x 32 pixels of red, green and blue. The data set itself has the channels one after the other, others who use the form
 * have them pixel by pixel; which of both a file has is seen from its first images, because neighbours in an image are alike.
 *
 * @param file the file
 * @param count how many images it has
 * @param interleaved whether the channels are side by side in each pixel
 */
record CifarFile(Path file, int count, boolean interleaved) {
    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final int PLANE = SIDE * SIDE;
    private static final int ROW = 1 + CHANNELS * PLANE;
    private static final int LOOKED_AT = 20;

    /**
     * Opens a file.
     *
     * @throws InputException if its length does not fit
     */
    static CifarFile open(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes == 0 || bytes % ROW != 0) {
            throw new InputException(file + " has " + bytes + " bytes, expected a multiple of " + ROW
                    + " (CIFAR-10: a label and 32x32x3 bytes each)");
        }
        int count = Math.toIntExact(bytes / ROW);
        long planar = 0;
        long interleaved = 0;
        for (int i = 0; i < Math.min(count, LOOKED_AT); i++) {
            byte[] row = row(file, i);
            for (int at = 1; at + CHANNELS < row.length; at++) {
                planar += Math.abs((row[at] & 0xFF) - (row[at + 1] & 0xFF));
                interleaved += Math.abs((row[at] & 0xFF) - (row[at + CHANNELS] & 0xFF));
            }
        }
        return new CifarFile(file, count, interleaved < planar);
    }

    private static byte[] row(Path file, int i) throws IOException {
        byte[] row = new byte[ROW];
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek((long) i * ROW);
            in.readFully(row);
        }
        return row;
    }

    /** The label of image {@code i}. */
    int label(int i) throws IOException {
        return row(file, i)[0] & 0xFF;
    }

    /** Image {@code i}. */
    Pixels pixels(int i) throws IOException {
        byte[] row = row(file, i);
        float[][] planes = new float[CHANNELS][PLANE];
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int pixel = 0; pixel < PLANE; pixel++) {
                int at = interleaved ? pixel * CHANNELS + channel : channel * PLANE + pixel;
                planes[channel][pixel] = row[1 + at] & 0xFF;
            }
        }
        return new Pixels(SIDE, SIDE, planes);
    }
}
