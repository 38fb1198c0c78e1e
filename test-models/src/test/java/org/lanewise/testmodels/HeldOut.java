package org.lanewise.testmodels;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Data that the shipped models did not see in training.
 *
 * @param data the examples one after another, as a model takes them
 * @param labels the right class of each
 */
record HeldOut(float[] data, int[] labels) {
    private static final int SIDE = 28;
    private static final int COLUMNS = 25;

    /** 500 digits of 28 x 28 values from 0 to 1. */
    static HeldOut digits() throws IOException {
        int[] labels = text("digits-labels.txt")
                .replace("\n", "")
                .chars()
                .map(c -> c - '0')
                .toArray();
        BufferedImage image;
        try (InputStream in = open("digits.png")) {
            image = ImageIO.read(in);
        }
        // The raster has the bytes of the file; getRGB would apply the gamma of the gray colour space
        Raster pixels = image.getRaster();
        float[] data = new float[labels.length * SIDE * SIDE];
        for (int i = 0; i < data.length; i++) {
            int digit = i / (SIDE * SIDE);
            int x = digit % COLUMNS * SIDE + i % SIDE;
            int y = digit / COLUMNS * SIDE + i / SIDE % SIDE;
            data[i] = pixels.getSample(x, y, 0) / 255f;
        }
        return new HeldOut(data, labels);
    }

    /** 171 tumors of 30 measurements. */
    static HeldOut tumors() throws IOException {
        List<String[]> rows = text("breast-cancer.csv")
                .lines()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
        int[] labels = rows.stream().mapToInt(row -> Integer.parseInt(row[0])).toArray();
        float[] data = new float[rows.size() * 30];
        for (int i = 0; i < data.length; i++) {
            data[i] = Float.parseFloat(rows.get(i / 30)[1 + i % 30]);
        }
        return new HeldOut(data, labels);
    }

    /** How many rows of {@code scores} (N, C) have their largest value at the right class. */
    int right(Tensor scores) {
        int classes = scores.shape().dim(1);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += largest(scores, i * classes, classes) == labels[i] ? 1 : 0;
        }
        return right;
    }

    /** Where, counted from {@code start}, the largest of {@code count} elements is. */
    static int largest(Tensor tensor, int start, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (tensor.getDouble(start + i) > tensor.getDouble(start + best)) {
                best = i;
            }
        }
        return best;
    }

    /** Examples {@code from} to {@code to} (exclusive), of {@code size} values each. */
    float[] part(int from, int to, int size) {
        return Arrays.copyOfRange(data, from * size, to * size);
    }

    private static String text(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(HeldOut.class.getResourceAsStream("held-out/" + name), name);
    }
}
