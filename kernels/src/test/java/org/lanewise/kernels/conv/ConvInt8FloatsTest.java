package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.quant.Requantization;

/** {@link ConvInt8Floats} gives every bit that {@link ConvInt8Nhwc} gives, where it says that it is exact. */
class ConvInt8FloatsTest {
    private static ConvGeometry geometry(Random random) {
        boolean depthwise = random.nextBoolean();
        return Cases.geometry(random, 2, depthwise ? 70 : 20, depthwise);
    }

    @Property(tries = 100)
    void equalsTheIntegerKernel(@ForAll long seed) {
        Random random = new Random(seed);
        ConvGeometry g = geometry(random);
        boolean xSigned = random.nextBoolean();
        boolean wSigned = random.nextBoolean();
        byte[] x = new byte[g.inputSize() + 5];
        byte[] w = new byte[g.weightSize() + 2];
        random.nextBytes(x);
        random.nextBytes(w);
        int lowestX = xSigned ? -128 : 0;
        int xZero = lowestX + random.nextInt(256);
        int[] wZeros = random.nextInt(3) == 0 ? null : new int[random.nextBoolean() ? 1 : g.outChannels()];
        for (int i = 0; wZeros != null && i < wZeros.length; i++) {
            wZeros[i] = (wSigned ? -128 : 0) + random.nextInt(256);
        }
        Requantization end = end(random, g.outChannels());
        Assume.that(ConvInt8Floats.isExact(g, w, 2, wSigned, wZeros, end));
        ConvInt8Nhwc integers = new ConvInt8Nhwc(g, w, 2, wSigned, wZeros, xSigned, xZero, end);
        byte[] expected = new byte[g.outputSize()];
        integers.run(
                g, x, 5, expected, 0, new int[integers.scratchSize(g)], 0, 0, integers.rows(g), 0, integers.panels());
        assertArrayEquals(expected, floats(g, w, wSigned, wZeros, x, xSigned, xZero, end, random), g.toString());
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

    private static byte[] floats(
            ConvGeometry g,
            byte[] w,
            boolean wSigned,
            int @Nullable [] wZeros,
            byte[] x,
            boolean xSigned,
            int xZero,
            Requantization end,
            Random random) {
        ConvInt8Floats layer = new ConvInt8Floats(g, w, 2, wSigned, wZeros, xSigned, xZero, end);
        byte[] y = new byte[g.outputSize() + 7];
        int parts = 1 + random.nextInt(3);
        float[] scratch = new float[layer.scratchSize(g, parts) + 12];
        Arrays.fill(scratch, Float.NaN);
        double[] doubles = new double[layer.doublesSize(g, parts) + 3];
        Arrays.fill(doubles, Double.NaN);
        int split = random.nextInt(layer.blocks(g, parts) + 1);
        layer.run(g, parts, x, 5, y, 7, scratch, 12, doubles, 3, 0, split);
        layer.run(g, parts, x, 5, y, 7, scratch, 12, doubles, 3, split, layer.blocks(g, parts));
        return Arrays.copyOfRange(y, 7, y.length);
    }

    @Test
    void severalBlocksAndImages() {
        WindowAxis h = WindowAxis.padded(70, 5, 2, 2, 1, 2, false);
        WindowAxis w = WindowAxis.padded(61, 3, 1, 1, 1, 1, false);
        ConvGeometry g = new ConvGeometry(2, 24, 18, 1, List.of(h, w));
        Random random = new Random(4);
        byte[] weights = new byte[g.weightSize() + 2];
        byte[] x = new byte[g.inputSize() + 5];
        random.nextBytes(weights);
        random.nextBytes(x);
        Requantization end = end(random, 18);
        ConvInt8Nhwc integers = new ConvInt8Nhwc(g, weights, 2, true, null, false, 100, end);
        byte[] expected = new byte[g.outputSize()];
        int[] scratch = new int[integers.scratchSize(g)];
        integers.run(g, x, 5, expected, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
        assertArrayEquals(expected, floats(g, weights, true, null, x, false, 100, end, random));
        ConvInt8Floats layer = new ConvInt8Floats(g, weights, 2, true, null, false, 100, end);
        assertTrue(layer.blocks(g, 1) > 2, "blocks of an image");
        assertEquals("int8-floats-", layer.kernelName(g, 1).substring(0, 12));
    }

    /** Blocks of rows that lie in the padding altogether, above the image and below it. */
    @ParameterizedTest
    @CsvSource({"1,3,9,9", "3,3,20,0", "3,2,0,20"})
    void rowsOfPadding(int kernel, int height, int begin, int end) {
        WindowAxis h = new WindowAxis(height, kernel, 1, begin, end, 1, height + begin + end - kernel + 1);
        WindowAxis w = WindowAxis.padded(300, 3, 1, 1, 1, 1, false);
        ConvGeometry g = new ConvGeometry(1, 40, 24, 1, List.of(h, w));
        Random random = new Random(height);
        byte[] weights = new byte[g.weightSize() + 2];
        byte[] x = new byte[g.inputSize() + 5];
        random.nextBytes(weights);
        random.nextBytes(x);
        Requantization bytes = end(random, 24);
        ConvInt8Nhwc integers = new ConvInt8Nhwc(g, weights, 2, true, null, false, 100, bytes);
        byte[] expected = new byte[g.outputSize()];
        int[] scratch = new int[integers.scratchSize(g)];
        integers.run(g, x, 5, expected, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
        assertArrayEquals(expected, floats(g, weights, true, null, x, false, 100, bytes, random));
    }

    /** Windows of one pixel that skip others; the last ones reach beyond the input in none, one or two axes. */
    @ParameterizedTest
    @CsvSource({"16,2,2,0", "16,2,2,1", "19,3,1,0", "40,1,2,0", "7,2,3,0", "3,2,2,0", "33,5,4,0"})
    void pixelsThatSkipOthers(int channels, int strideH, int strideW, int pad) {
        WindowAxis h = WindowAxis.padded(41, 1, strideH, pad, 0, 1, false);
        WindowAxis w = WindowAxis.padded(30, 1, strideW, 0, pad, 1, false);
        ConvGeometry g = new ConvGeometry(2, channels, 24, 1, List.of(h, w));
        Random random = new Random(channels);
        byte[] weights = new byte[g.weightSize() + 2];
        byte[] x = new byte[g.inputSize() + 5];
        random.nextBytes(weights);
        random.nextBytes(x);
        for (boolean xSigned : new boolean[] {true, false}) {
            Requantization end = end(random, 24);
            ConvInt8Nhwc integers = new ConvInt8Nhwc(g, weights, 2, true, null, xSigned, 100, end);
            byte[] expected = new byte[g.outputSize()];
            int[] scratch = new int[integers.scratchSize(g)];
            integers.run(g, x, 5, expected, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
            assertArrayEquals(expected, floats(g, weights, true, null, x, xSigned, 100, end, random));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,32,1,3,1", "2,14,1,3,1", "1,33,2,3,0", "2,16,1,5,2", "1,5,1,3,2", "1,31,3,5,1", "1,47,1,2,0"})
    void pixelsOfSixteenBytes(int batch, int width, int stride, int kernel, int pad) {
        WindowAxis h = WindowAxis.padded(9, 3, stride, 1, 1, 1, false);
        WindowAxis w = WindowAxis.padded(width, kernel, stride, pad, 1, 1, false);
        ConvGeometry g = new ConvGeometry(batch, 16, 20, 1, List.of(h, w));
        Random random = new Random(width);
        byte[] weights = new byte[g.weightSize() + 2];
        byte[] x = new byte[g.inputSize() + 5]; // a last row that is read beyond goes another way
        random.nextBytes(weights);
        random.nextBytes(x);
        for (boolean xSigned : new boolean[] {true, false}) {
            for (int zero : new int[] {xSigned ? -128 : 0, 100, xSigned ? 127 : 255}) {
                Requantization end = end(random, 20);
                ConvInt8Nhwc integers = new ConvInt8Nhwc(g, weights, 2, true, null, xSigned, zero, end);
                byte[] expected = new byte[g.outputSize()];
                int[] scratch = new int[integers.scratchSize(g)];
                integers.run(g, x, 5, expected, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
                assertArrayEquals(expected, floats(g, weights, true, null, x, xSigned, zero, end, random));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16,0", "19,0", "48,7", "600,1"})
    void channelsOfHugeBiasAreConstant(int channels, int zero) {
        ConvGeometry g = threeByThree(2, 9, 7, 6, channels);
        Random random = new Random(channels);
        byte[] x = new byte[g.inputSize() + 5];
        byte[] w = new byte[g.weightSize() + 2];
        random.nextBytes(x);
        random.nextBytes(w);
        float[] scales = new float[channels];
        int[] bias = new int[channels];
        for (int m = 0; m < channels; m++) {
            boolean nothing = m % 3 == 1; // weights of next to nothing
            scales[m] = nothing ? 1e-8f : 1e-3f;
            bias[m] = nothing ? 40_000_000 * (m % 53) : random.nextInt(9000);
        }
        Requantization end =
                Requantization.of(channels, scales, bias, zero, true).within(zero, 15);
        assertTrue(ConvInt8Floats.isExact(g, w, 2, true, null, end));
        ConvInt8Nhwc integers = new ConvInt8Nhwc(g, w, 2, true, null, false, 100, end);
        byte[] expected = new byte[g.outputSize()];
        int[] scratch = new int[integers.scratchSize(g)];
        integers.run(g, x, 5, expected, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
        assertArrayEquals(expected, floats(g, w, true, null, x, false, 100, end, random));
    }

    private static ConvGeometry threeByThree(int batch, int height, int width, int in, int out) {
        WindowAxis h = WindowAxis.padded(height, 3, 1, 1, 1, 1, false);
        WindowAxis w = WindowAxis.padded(width, 3, 1, 1, 1, 1, false);
        return new ConvGeometry(batch, in, out, 1, List.of(h, w));
    }

    /** Whether tiles were used; the result is compared with the integer kernel's. */
    private static boolean inTiles(ConvGeometry g, byte[] x, byte[] w, int xZero, Random random) {
        Requantization end = end(random, g.outChannels());
        ConvInt8Nhwc integers = new ConvInt8Nhwc(g, w, 2, true, null, false, xZero, end);
        byte[] expected = new byte[g.outputSize()];
        int[] scratch = new int[integers.scratchSize(g)];
        integers.run(g, x, 5, expected, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
        assertArrayEquals(expected, floats(g, w, true, null, x, false, xZero, end, random), g.toString());
        return new ConvInt8Floats(g, w, 2, true, null, false, xZero, end)
                .kernelName(g, 1)
                .contains("winograd");
    }

    @ParameterizedTest
    @CsvSource({"1,8,8,64,64", "2,18,16,48,64", "1,70,61,40,50", "1,9,7,96,51", "1,14,13,192,40"})
    void tilesOfTwoPixelsASide(int batch, int height, int width, int in, int out) {
        ConvGeometry g = threeByThree(batch, height, width, in, out);
        Random random = new Random(height);
        byte[] x = new byte[g.inputSize() + 5];
        byte[] w = new byte[g.weightSize() + 2];
        random.nextBytes(x);
        for (int i = 0; i < w.length; i++) {
            w[i] = (byte) Math.clamp(Math.round(25 * random.nextGaussian()), -127, 127);
        }
        assertTrue(inTiles(g, x, w, 0, random));
        assertTrue(inTiles(g, x, w, 131, random));
        for (int i = 0; i < x.length; i++) {
            x[i] = (byte) (random.nextBoolean() ? 255 : 0);
        }
        assertTrue(inTiles(g, x, w, 0, random));
        assertTrue(inTiles(g, x, w, 255, random));
    }

    @Test
    void noTilesWhereTheyMightRound() {
        ConvGeometry g = threeByThree(1, 16, 16, 56, 32);
        byte[] x = new byte[g.inputSize() + 5];
        byte[] w = new byte[g.weightSize() + 2];
        Arrays.fill(x, (byte) 255);
        Arrays.fill(w, (byte) 127);
        assertFalse(inTiles(g, x, w, 0, new Random(1)));
    }

    @Test
    void tilesAreExactUpTo24Bits() {
        // the middle of a filter is a transformed weight of 1 at the place that is the sum of four inputs
        float[] w = new float[9 * 8200];
        for (int c = 0; c < 8200; c++) {
            w[9 * c + 4] = 4;
        }
        assertTrue(WinogradExactness.holds(1, 4000, w, new float[1], 0, 255));
        assertFalse(WinogradExactness.holds(1, 4200, w, new float[1], 0, 255));
        assertTrue(WinogradExactness.holds(1, 8000, w, new float[1], -128, 127));
        assertFalse(WinogradExactness.holds(1, 8200, w, new float[1], -128, 127));
        assertTrue(WinogradExactness.holds(1, 1, w, new float[] {16000000}, 0, 255));
        assertFalse(WinogradExactness.holds(1, 1, w, new float[] {1 << 24}, 0, 255));
    }

    /** Inputs that make one product of a position as large as they can, close to what is allowed. */
    @ParameterizedTest
    @CsvSource({"230,0", "230,255", "240,127"})
    void theLargestProductsAreExact(int channels, int xZero) {
        ConvGeometry g = threeByThree(1, 8, 8, channels, 33);
        Random random = new Random(channels);
        byte[] x = new byte[g.inputSize() + 5];
        byte[] w = new byte[g.weightSize() + 2];
        for (int i = 0; i < w.length; i++) {
            w[i] = (byte) Math.clamp(Math.round(25 * random.nextGaussian()), -127, 127);
        }
        for (int c = 0; c < channels; c++) {
            int sum = 0;
            for (int i = 0; i < 9; i++) {
                sum += w[2 + c * 9 + i];
            }
            for (int i = 5 + c; i < x.length; i += channels) {
                x[i] = (byte) (sum > 0 ? 255 : 0);
            }
        }
        assertTrue(inTiles(g, x, w, xZero, random));
    }

    @Test
    void refusesSumsThatFp32CannotHold() {
        WindowAxis one = WindowAxis.padded(1, 1, 1, 0, 0, 1, false);
        Requantization end = Requantization.of(1, new float[] {1}, null, 0, true);
        byte[] ones = new byte[65794];
        Arrays.fill(ones, (byte) 1);
        assertTrue(
                ConvInt8Floats.isExact(new ConvGeometry(1, 65793, 1, 1, List.of(one, one)), ones, 0, true, null, end));
        assertFalse(
                ConvInt8Floats.isExact(new ConvGeometry(1, 65794, 1, 1, List.of(one, one)), ones, 0, true, null, end));
        float scale = 167.5f / (1 << 24); // the bias alone is in the middle of two bytes
        Requantization biased = Requantization.of(1, new float[] {scale}, new int[] {1 << 24}, 0, true);
        assertFalse(
                ConvInt8Floats.isExact(new ConvGeometry(1, 1, 1, 1, List.of(one, one)), ones, 0, true, null, biased));
    }
}
