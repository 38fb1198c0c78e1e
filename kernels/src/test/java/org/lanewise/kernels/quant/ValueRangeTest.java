package org.lanewise.kernels.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ValueRangeTest {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        Float.intBitsToFloat(0xffc00000)
    };

    @Property(tries = 200)
    void isThatOfJava(@ForAll long seed, @ForAll @IntRange(max = 300) int n, @ForAll @IntRange(max = 10) int special) {
        Random random = new Random(seed);
        float[] x = new float[n + 3];
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            x[3 + i] = random.nextInt(20) < special / 5
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : random.nextFloat(-1, 1);
            least = Math.min(least, x[3 + i]);
            most = Math.max(most, x[3 + i]);
        }
        assertEquals(least, ValueRange.min(x, 3, n));
        assertEquals(most, ValueRange.max(x, 3, n));
        float[] smallest = new float[2];
        float[] largest = new float[2];
        ValueRange.withZero(x, 3, n, smallest, largest, 1);
        boolean number = !Float.isNaN(least);
        assertEquals(number ? Math.min(0, least) : Float.NaN, smallest[1]);
        assertEquals(number ? Math.max(0, most) : Float.NaN, largest[1]);
        assertEquals(0, smallest[0]);
    }
}
