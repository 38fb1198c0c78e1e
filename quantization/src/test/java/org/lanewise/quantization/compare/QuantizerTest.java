package org.lanewise.quantization.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

class QuantizerTest {
    private static Quantizer of(DataType type, float scale, int zeroPoint) {
        return new Quantizer("q", type, new float[] {scale}, new int[] {zeroPoint}, 1);
    }

    @Test
    void halvesGoToTheEvenCodeAndTheRangeEnds() {
        Quantizer quantizer = of(DataType.UINT8, 0.5f, 10);
        Tensor codes = quantizer.quantize(Tensor.of(new float[] {0, 0.25f, 0.75f, -100, 1000}));
        assertArrayEquals(new long[] {10, 10, 12, 0, 255}, codes.toLongArray());
        assertArrayEquals(new float[] {0, 0, 1, -5, 122.5f}, quantizer.dequantize(codes));
    }

    @Test
    void scalesRunAlongTheirAxis() {
        Quantizer quantizer = new Quantizer("q", DataType.INT8, new float[] {1, 10}, new int[] {0, 5}, 0);
        Tensor codes = quantizer.quantize(Tensor.of(new float[] {3, 4, 30, 40}, 2, 2));
        assertArrayEquals(new long[] {3, 4, 8, 9}, codes.toLongArray());
        assertArrayEquals(new float[] {3, 4, 30, 40}, quantizer.dequantize(codes));
    }

    @Test
    void onlyConstantsOfFittingSizeMakeAQuantizer() {
        assertNull(Quantizer.of("q", DataType.UINT8, null, null, 1));
        assertNull(Quantizer.of("q", DataType.INT32, Tensor.scalar(1f), null, 1));
        assertNull(Quantizer.of("q", DataType.INT8, Tensor.of(new float[2]), Tensor.of(new byte[3]), 1));
    }

    @Test
    void clippedIsWhatLiesBeyondTheEndByMoreThanHalfAStep() {
        CodeStatistics codes = new CodeStatistics(of(DataType.UINT8, 2, 0));
        Tensor seen = Tensor.wrap(
                DataType.UINT8, org.lanewise.runtime.tensor.Shape.of(4), new byte[] {0, (byte) 255, (byte) 255, 10}, 0);
        codes.add(new float[] {-0.9f, 511, 512, 20}, seen);
        assertEquals(1, codes.rangeUsed());
        assertEquals(0.25, codes.clippedShare(), "511 is half a step above 510 and rounds there, 512 does not");
    }

    @Test
    void aQuarterOfTheRangeOccurs() {
        CodeStatistics codes = new CodeStatistics(of(DataType.INT8, 1, 0));
        codes.add(new float[] {-32}, Tensor.of(new byte[] {-32}));
        codes.add(new float[] {31}, Tensor.of(new byte[] {31}));
        assertEquals(0.25, codes.rangeUsed());
        assertEquals(0, codes.clippedShare());
    }

    @Property(tries = 200)
    void valuesInRangeComeBackWithinHalfAStep(
            @ForAll @FloatRange(min = 0.01f, max = 10) float scale,
            @ForAll @IntRange(min = -128, max = 127) int zeroPoint,
            @ForAll @FloatRange(min = 0, max = 1) float place) {
        Quantizer quantizer = of(DataType.INT8, scale, zeroPoint);
        float value = (-128 - zeroPoint + 255 * place) * scale;
        float back = quantizer.dequantize(quantizer.quantize(Tensor.of(new float[] {value})))[0];
        assertTrue(Math.abs(back - value) <= scale / 2 * 1.0001, value + " became " + back);
    }
}
