package org.lanewise.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

final class SimdTest {
    @Test
    void theWidthIsTheOneAskedFor() {
        String asked = System.getProperty(Simd.WIDTH_PROPERTY);
        assertEquals(asked == null ? PreferredWidth.bits() : Integer.parseInt(asked), Simd.BITS);
        assertEquals(Simd.BITS > 0, Simd.ENABLED);
        assertEquals(Simd.BITS == 0 ? 1 : Simd.BITS / 32, Simd.LANES);
    }

    @Test
    void registersAreThoseOfTheInstructionSet() {
        boolean arm = System.getProperty("os.arch", "").equals("aarch64");
        assertEquals(arm || Simd.BITS == 512 ? 32 : 16, Simd.REGISTERS);
    }

    @Test
    void speciesHaveTheChosenWidth() {
        int bits = Math.max(128, Simd.BITS);
        assertEquals(bits, Species.F32.vectorBitSize());
        assertEquals(bits, Species.F64.vectorBitSize());
        assertEquals(bits, Species.I8.vectorBitSize());
    }

    @Property(tries = 200)
    void fmaIsWithinOneRoundingOfTheProductPlusTheAddend(
            @ForAll @FloatRange(min = -1e3f, max = 1e3f) float a,
            @ForAll @FloatRange(min = -1e3f, max = 1e3f) float b,
            @ForAll @FloatRange(min = -1e3f, max = 1e3f) float c) {
        double exact = (double) a * b + c;
        double bound = Math.ulp((float) ((double) a * b)) + Math.ulp((float) exact);
        assertEquals(exact, Simd.fma(a, b, c), bound);
    }
}
