package org.lanewise.quantization.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ErrorJumpTest {
    /** A layer of this SQNR in dB. */
    private static LayerResult layer(double sqnr, Integer... inputs) {
        ErrorStatistics error = new ErrorStatistics();
        float signal = (float) Math.pow(10, sqnr / 20);
        error.add(signal, signal - 1);
        return new LayerResult(
                "layer",
                "layer",
                "Conv",
                List.of(inputs),
                false,
                error,
                null,
                Double.NaN,
                Double.NaN,
                null,
                null,
                null);
    }

    @Test
    void theFirstDropOfTenDecibelsCounts() {
        List<LayerResult> layers = List.of(layer(31), layer(22, 0), layer(11.5, 1), layer(0, 2));
        ErrorJump jump = Objects.requireNonNull(ErrorJump.first(layers));
        assertEquals(2, jump.layer());
        assertEquals(22, jump.before(), 1e-5);
        assertEquals(11.5, jump.after(), 1e-5);
    }

    @Test
    void theWorstInputCounts() {
        assertNull(ErrorJump.first(List.of(layer(45), layer(31, 0), layer(22, 0, 1))));
        assertEquals(
                2,
                Objects.requireNonNull(ErrorJump.first(List.of(layer(45), layer(31, 0), layer(22, 0))))
                        .layer());
    }

    @Test
    void whatIsBetterThanEightBitsIsNoDropToFallFrom() {
        assertNull(ErrorJump.first(List.of(layer(80), layer(31, 0))));
        assertEquals(
                0, Objects.requireNonNull(ErrorJump.first(List.of(layer(29)))).layer());
    }
}
