package org.lanewise.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.tensor.MiniFloat.ScaleRounding;

class MiniFloatTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    private static int patterns(DataType type) {
        return 1 << type.bits();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "FLOAT8E8M0", "FLOAT4E2M1"})
    void everyPatternReadsBackAsItself(DataType type) {
        for (int bits = 0; bits < patterns(type); bits++) {
            float value = MiniFloat.decode(type, (byte) bits);
            byte back = MiniFloat.encode(type, value, false);
            if (Float.isNaN(value)) {
                assertTrue(Float.isNaN(MiniFloat.decode(type, back)), type + " " + bits);
            } else {
                assertEquals((byte) bits, back, type + " " + bits);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "FLOAT4E2M1"})
    void middlesRoundToEvenAndNeighboursToTheNearest(DataType type) {
        float[] sorted = finite(type);
        for (int i = 0; i + 1 < sorted.length; i++) {
            float middle = (float) ((sorted[i] + (double) sorted[i + 1]) / 2);
            byte low = MiniFloat.encode(type, sorted[i], true);
            byte high = MiniFloat.encode(type, sorted[i + 1], true);
            assertEquals((low & 1) == 0 ? low : high, MiniFloat.encode(type, middle, true), type + " " + middle);
            assertEquals(low, MiniFloat.encode(type, Math.nextDown(middle), true));
            assertEquals(high, MiniFloat.encode(type, Math.nextUp(middle), true));
        }
    }

    /** The values from 0 up. */
    private static float[] finite(DataType type) {
        float[] values = new float[patterns(type) / 2];
        int count = 0;
        for (int bits = 0; bits < values.length; bits++) {
            float value = MiniFloat.decode(type, (byte) bits);
            if (Float.isFinite(value)) {
                values[count++] = value;
            }
        }
        return Arrays.copyOf(values, count);
    }

    @Test
    void tooLargeSaturatesOrNot() {
        assertEquals((byte) 0x7e, MiniFloat.encode(DataType.FLOAT8E4M3FN, INF, true));
        assertEquals((byte) 0x7f, MiniFloat.encode(DataType.FLOAT8E4M3FN, INF, false));
        assertEquals((byte) 0xff, MiniFloat.encode(DataType.FLOAT8E4M3FN, -1e9f, false));
        assertEquals((byte) 0x7b, MiniFloat.encode(DataType.FLOAT8E5M2, INF, true));
        assertEquals((byte) 0x7c, MiniFloat.encode(DataType.FLOAT8E5M2, 1e9f, false));
        assertEquals((byte) 0xfc, MiniFloat.encode(DataType.FLOAT8E5M2, -INF, false));
        assertEquals((byte) 0x80, MiniFloat.encode(DataType.FLOAT8E4M3FNUZ, -1e9f, false));
        assertEquals((byte) 0xff, MiniFloat.encode(DataType.FLOAT8E5M2FNUZ, -1e9f, true));
        assertEquals((byte) 0x7, MiniFloat.encode(DataType.FLOAT4E2M1, 100f, false));
        // 448 is the largest E4M3FN; 464 is the middle to the next step and rounds to the even 448
        assertEquals((byte) 0x7e, MiniFloat.encode(DataType.FLOAT8E4M3FN, 464f, false));
        assertEquals((byte) 0x7f, MiniFloat.encode(DataType.FLOAT8E4M3FN, Math.nextUp(464f), false));
    }

    @Test
    void negativeZeroHasNoBitsInTheUnsignedZeroTypes() {
        assertEquals((byte) 0x80, MiniFloat.encode(DataType.FLOAT8E4M3FN, -0f, true));
        assertEquals((byte) 0, MiniFloat.encode(DataType.FLOAT8E4M3FNUZ, -0f, true));
        assertEquals((byte) 0, MiniFloat.encode(DataType.FLOAT8E5M2FNUZ, -1e-30f, true));
    }

    @Test
    void scalesRoundAsAsked() {
        assertEquals((byte) 128, MiniFloat.encodeScale(1.25f, true, ScaleRounding.UP));
        assertEquals((byte) 127, MiniFloat.encodeScale(1.25f, true, ScaleRounding.DOWN));
        assertEquals((byte) 127, MiniFloat.encodeScale(1.25f, true, ScaleRounding.NEAREST));
        assertEquals((byte) 128, MiniFloat.encodeScale(1.5f, true, ScaleRounding.NEAREST));
        assertEquals((byte) 0, MiniFloat.encodeScale(0, true, ScaleRounding.UP));
        assertEquals((byte) 255, MiniFloat.encodeScale(0, false, ScaleRounding.NEAREST));
        assertEquals((byte) 254, MiniFloat.encodeScale(INF, true, ScaleRounding.UP));
        assertEquals((byte) 255, MiniFloat.encodeScale(-1, true, ScaleRounding.UP));
    }

    @Test
    void roundingToOddFirstGivesTheHalfNearestToTheDouble() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            // just beside the middle of two neighbours, where rounding to float and then to half goes wrong
            float half = Float.float16ToFloat((short) random.nextInt(0x7800));
            float next = Float.float16ToFloat((short) (Float.floatToFloat16(half) + 1));
            double value = (half + (double) next) / 2 * (1 + 1e-12);
            assertEquals(next, Float.float16ToFloat(Float.floatToFloat16(MiniFloat.oddFloat(value))));
        }
    }
}
