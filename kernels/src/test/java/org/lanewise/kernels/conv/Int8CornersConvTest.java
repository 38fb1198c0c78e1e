package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.quant.Requantization;

/** Convolutions of bytes on the ends of both types, zero points at both ends, with up to 4,095 products for each output. */
class Int8CornersConvTest {
    private static final int FILLS = 4;

    private static ConvGeometry geometry(int channels, int out, int group, int size, int kernel) {
        WindowAxis axis = WindowAxis.padded(size, kernel, 1, kernel / 2, kernel / 2, 1, false);
        return new ConvGeometry(1, channels, out, group, List.of(axis, axis));
    }

    /** All the lowest, all the highest, by turns, or one half each, which may cancel out: as a value from -128 to 127. */
    private static int fill(int kind, int i, int length) {
        return switch (kind) {
            case 0 -> -128;
            case 1 -> 127;
            case 2 -> i % 2 == 0 ? 127 : -128;
            case 3 -> i < length / 2 ? -128 : 127;
            default -> i < length / 2 ? 127 : i % 2 == 0 ? -126 : -128; // odd sums that grow and then vanish
        };
    }

    private record Layer(
            ConvGeometry g, boolean xSigned, boolean wSigned, int xZero, int[] wZeros, byte[] x, byte[] w) {
        /** Every output channel has another kind of weights and, with {@code zeros} 2, the zero point at another end. */
        static Layer of(ConvGeometry g, boolean xSigned, boolean wSigned, int xFill, int xZero, int zeros) {
            byte[] x = new byte[g.inputSize()];
            for (int i = 0; i < x.length; i++) {
                x[i] = (byte) (fill(xFill, i % g.inChannels(), g.inChannels()) + (xSigned ? 0 : 128));
            }
            byte[] w = new byte[g.weightSize()];
            for (int i = 0; i < w.length; i++) {
                int kind = i / g.depth() % (FILLS + 1);
                w[i] = (byte) (fill(kind, i % g.depth(), g.depth()) + (wSigned ? 0 : 128));
            }
            int[] wZeros = new int[g.outChannels()];
            for (int m = 0; m < wZeros.length; m++) {
                int end = zeros == 2 ? m / FILLS % 2 : zeros;
                wZeros[m] = (zeros == 3 ? 0 : end == 0 ? -128 : 127) + (wSigned ? 0 : 128);
            }
            return new Layer(g, xSigned, wSigned, xZero + (xSigned ? 0 : 128), wZeros, x, w);
        }

        int[] expected() {
            double[] planar = new double[x.length];
            int pixels = g.inputPixels();
            for (int i = 0; i < planar.length; i++) {
                byte value = x[i % pixels * g.inChannels() + i / pixels];
                planar[i] = (xSigned ? value : value & 0xff) - xZero;
            }
            double[] weights = new double[w.length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (wSigned ? w[i] : w[i] & 0xff) - wZeros[i / g.depth()];
            }
            double[] y = NaiveConv.run(g, planar, weights, null);
            double[] last = Cases.channelsLast(y, 1, g.outChannels(), g.outputPixels());
            return Arrays.stream(last).mapToInt(value -> (int) value).toArray();
        }

        int[] sums() {
            ConvInt8Nhwc layer = new ConvInt8Nhwc(g, w, 0, wSigned, wZeros, xSigned, xZero, null);
            int[] y = new int[g.outputSize()];
            layer.run(g, x, 0, y, 0, new int[layer.scratchSize(g)], 0, 0, layer.rows(g), 0, layer.panels());
            return y;
        }

        /** The bytes that {@link ConvInt8Floats} gives, or none where it says that it is not exact. */
        byte[] floats(Requantization end) {
            if (!ConvInt8Floats.isExact(g, w, 0, wSigned, wZeros, end)) {
                return new byte[0];
            }
            ConvInt8Floats layer = new ConvInt8Floats(g, w, 0, wSigned, wZeros, xSigned, xZero, end);
            byte[] y = new byte[g.outputSize()];
            layer.run(
                    g,
                    2,
                    x,
                    0,
                    y,
                    0,
                    new float[layer.scratchSize(g, 2)],
                    0,
                    new double[layer.doublesSize(g, 2)],
                    0,
                    0,
                    layer.blocks(g, 2));
            return y;
        }

        @Override
        public String toString() {
            return g + " zero points " + xZero + " " + Arrays.toString(wZeros) + " first values " + x[0] + " " + w[0];
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void sumsAreExact(boolean xSigned, boolean wSigned) {
        for (ConvGeometry g : List.of(
                geometry(455, 9, 1, 2, 3),
                geometry(4095, 5, 1, 1, 1),
                geometry(70, 70, 70, 3, 3),
                geometry(37, 37, 37, 3, 5),
                geometry(9, 18, 9, 3, 3),
                geometry(40, 16, 2, 3, 3))) {
            for (int form = 0; form < FILLS * 8; form++) {
                int xZero = form / FILLS % 2 == 0 ? -128 : 127;
                Layer layer = Layer.of(g, xSigned, wSigned, form % FILLS, xZero, form / FILLS / 2);
                assertArrayEquals(layer.expected(), layer.sums(), layer::toString);
            }
        }
    }

    /**
     * From 258 on, 255 times 255 sums up to more than {@code float} holds: either that is refused or the sums are exact. Where they cancel out, a scale of 1 shows the last bit.
     */
    @Test
    void floatsAreExactOrRefused() {
        int refused = 0;
        int exact = 0;
        for (int channels : new int[] {7, 257, 258, 259, 514, 515, 516, 2048, 4094}) {
            ConvGeometry g = geometry(channels, 8, 1, 2, 1);
            Requantization end = Requantization.of(8, new float[] {1}, null, 3, false);
            for (int form = 0; form < FILLS * 8; form++) {
                int xZero = form / FILLS % 2 == 0 ? -128 : 127;
                Layer layer = Layer.of(g, form % 3 == 0, form % 2 == 0, form % FILLS, xZero, form / FILLS / 2);
                byte[] y = layer.floats(end);
                if (y.length == 0) {
                    refused++;
                    continue;
                }
                exact++;
                int[] sums = layer.expected();
                for (int i = 0; i < y.length; i++) {
                    assertEquals(end.apply(sums[i], i % 8), y[i], layer::toString);
                }
            }
        }
        assertTrue(refused > 50 && exact > 50, exact + " exact");
    }
}
