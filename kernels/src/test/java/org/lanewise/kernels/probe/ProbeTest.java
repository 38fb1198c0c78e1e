package org.lanewise.kernels.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Simd;

final class ProbeTest {
    @Test
    void multiplyAddsConvergeToTheFixedPoint() {
        // x -> x / 2 + 1.5 goes to 3 from anywhere
        assertEquals(3f * Probe.SUMS * Simd.LANES, Probe.multiplyAdds(100), 1e-3f);
        assertEquals(45f * Simd.LANES, Probe.multiplyAdds(0), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 63, 64, 65, 1000})
    void sumsEveryValueOnce(int count) {
        float[] values = new float[count + 5];
        Arrays.fill(values, 1000);
        Arrays.fill(values, 2, 2 + count, 1);
        assertEquals(count, Probe.sum(values, 2, 2 + count), 0);
    }

    @Test
    void refusesWhatIsOutside() {
        assertThrows(IllegalArgumentException.class, () -> Probe.sum(new float[3], 1, 4));
    }
}
