package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;

final class GemmTrialTest {
    @ParameterizedTest
    @CsvSource({
        "1,64,32",
        "1,1,1",
        "5,16,40",
        "13,3,7",
        "19,70,1600",
        "9,128,900",
        "4,2048,300",
        "64,64,64",
        "157,70,600",
        "30,100,1100"
    })
    void everyKernelGivesTheProduct(int m, int n, int k) {
        GemmTrial trial = new GemmTrial(m, n, k);
        trial.runPicked();
        float[] expected = trial.product().clone();
        assertFalse(trial.kernels().isEmpty());
        for (int i = 0; i < trial.kernels().size(); i++) {
            Arrays.fill(trial.product(), Float.NaN);
            trial.run(i);
            assertArrayEquals(expected, trial.product(), 1e-4f, trial.kernels().get(i));
        }
    }

    @Test
    void whatIsPickedIsOneOfThem() {
        for (int m = 1; m < 20; m++) {
            GemmTrial trial = new GemmTrial(m, 4 * Gemm.NR, 8);
            assertTrue(trial.kernels().contains(trial.picked()), trial.picked() + " of " + trial.kernels());
        }
        for (int m : new int[] {64, 156, 157, 384}) {
            GemmTrial trial = new GemmTrial(m, 128, 128);
            assertTrue(trial.kernels().contains(trial.picked()), trial.picked() + " of " + trial.kernels());
        }
    }

    @Test
    void hasTilesOfAllHeights() {
        long heights = new GemmTrial(64, 64, 64)
                .kernels().stream()
                        .filter(name -> name.endsWith("x2x" + Simd.LANES))
                        .count();
        assertTrue(Simd.ENABLED ? heights == Gemm.MR : heights == 0);
    }

    @Test
    void refusesEmptyProducts() {
        assertThrows(IllegalArgumentException.class, () -> new GemmTrial(0, 1, 1));
    }
}
