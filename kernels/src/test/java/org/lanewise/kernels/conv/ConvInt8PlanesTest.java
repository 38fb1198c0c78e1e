package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.quant.Requantization;

/** {@link ConvInt8Planes} gives every bit that {@link ConvInt8Nhwc} gives between two transposes. */
class ConvInt8PlanesTest {
    private static ConvGeometry geometry(int batch, int pixels, int in, int out) {
        WindowAxis h = WindowAxis.padded(1, 1, 1, 0, 0, 1, false);
        WindowAxis w = WindowAxis.padded(pixels, 1, 1, 0, 0, 1, false);
        return new ConvGeometry(batch, in, out, 1, List.of(h, w));
    }

    private static Requantization end(Random random, int channels) {
        float[] scales = new float[random.nextBoolean() ? 1 : channels];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) Math.exp(random.nextGaussian() - 7);
        }
        int[] bias = random.ints(channels, -5000, 5000).toArray();
        boolean unsigned = random.nextBoolean();
        Requantization end = Requantization.of(channels, scales, bias, 3, unsigned);
        byte[] table = new byte[256];
        random.nextBytes(table);
        return switch (random.nextInt(3)) {
            case 0 -> end.within(3, 90);
            case 1 -> end.withTable(table);
            default -> end;
        };
    }

    private static void check(int batch, int pixels, int in, int out, Random random) {
        ConvGeometry g = geometry(batch, pixels, in, out);
        boolean xSigned = random.nextBoolean();
        boolean wSigned = random.nextBoolean();
        byte[] x = new byte[g.inputSize() + 5];
        byte[] w = new byte[g.weightSize() + 2];
        random.nextBytes(x);
        random.nextBytes(w);
        int xZero = (xSigned ? -128 : 0) + random.nextInt(256);
        for (int i = 0; in > 100 && i < w.length; i++) {
            w[i] &= 15; // long sums are exact of small weights only
        }
        int[] wZeros = in > 100 || random.nextBoolean() ? null : new int[] {(wSigned ? -128 : 0) + random.nextInt(256)};
        Requantization end = end(random, out);
        Assume.that(ConvInt8Floats.isExact(g, w, 2, wSigned, wZeros, end));
        ConvInt8Nhwc integers = new ConvInt8Nhwc(g, w, 2, wSigned, wZeros, xSigned, xZero, end);
        byte[] turned = new byte[g.inputSize()];
        transpose(batch, in, pixels, x, 5, turned, 0);
        byte[] last = new byte[g.outputSize()];
        int[] ints = new int[integers.scratchSize(g)];
        integers.run(g, turned, 0, last, 0, ints, 0, 0, integers.rows(g), 0, integers.panels());
        byte[] expected = new byte[g.outputSize() + 7];
        transpose(batch, pixels, out, last, 0, expected, 7);
        ConvInt8Planes planes = new ConvInt8Planes(g, w, 2, wSigned, wZeros, xSigned, xZero, end);
        byte[] y = new byte[g.outputSize() + 7];
        int parts = 1 + random.nextInt(3);
        float[] scratch = new float[planes.scratchSize(batch, pixels, parts) + 12];
        Arrays.fill(scratch, Float.NaN);
        int blocks = planes.blocks(batch, pixels, parts);
        int split = random.nextInt(blocks + 1);
        double[] doubles = new double[planes.doublesSize(pixels) + 3];
        Arrays.fill(doubles, Double.NaN);
        planes.run(batch, pixels, parts, x, 5, y, 7, scratch, 12, doubles, 3, 0, split);
        planes.run(batch, pixels, parts, x, 5, y, 7, scratch, 12, doubles, 3, split, blocks);
        assertArrayEquals(expected, y, g.toString());
    }

    private static void transpose(int batch, int rows, int columns, byte[] x, int xOff, byte[] y, int yOff) {
        int size = rows * columns;
        for (int i = 0; i < batch * size; i++) {
            int at = i % size;
            y[yOff + i / size * size + at % columns * rows + at / columns] = x[xOff + i];
        }
    }

    @Property(tries = 60)
    void equalsTheIntegerKernel(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int batch,
            @ForAll @IntRange(min = 1, max = 200) int pixels,
            @ForAll @IntRange(min = 1, max = 40) int in,
            @ForAll @IntRange(min = 1, max = 40) int out) {
        check(batch, pixels, in, out, new Random(seed));
    }

    @ParameterizedTest
    @CsvSource({
        "1,3136,64,24",
        "2,260,52,25",
        "1,64,48,31",
        "3,127,96,36",
        "2,900,40,100",
        "1,49,300,17",
        "1,130,1100,5",
        "2,1,33,20"
    })
    void severalBlocksAndLongSums(int batch, int pixels, int in, int out) {
        for (int seed = 0; seed < 3; seed++) {
            check(batch, pixels, in, out, new Random(seed));
        }
    }

    @Test
    void thereIsABlockForEachThread() {
        ConvGeometry g = geometry(1, 3136, 8, 8);
        byte[] w = new byte[64];
        Requantization end = Requantization.of(8, new float[] {1}, null, 0, true);
        ConvInt8Planes planes = new ConvInt8Planes(g, w, 0, true, null, false, 0, end);
        assertTrue(planes.blocks(1, 3136, 2) >= 2);
        assertTrue(planes.blocks(0, 3136, 2) == 0 && planes.blocks(1, 0, 2) == 0);
    }

    @Test
    void refusesOtherFilters() {
        WindowAxis three = WindowAxis.padded(9, 3, 1, 1, 1, 1, false);
        Requantization end = Requantization.of(8, new float[] {1}, null, 0, true);
        ConvGeometry g = new ConvGeometry(1, 8, 8, 1, List.of(three, three));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ConvInt8Planes(g, new byte[g.weightSize()], 0, true, null, false, 0, end));
    }
}
