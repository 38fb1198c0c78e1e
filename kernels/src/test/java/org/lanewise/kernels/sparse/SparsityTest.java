package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparsityTest {
    @Test
    void countsZerosOfBothSignsAndNoNaN() {
        float[] values = new float[70];
        java.util.Arrays.fill(values, 1);
        values[3] = 0f;
        values[40] = -0f;
        values[41] = Float.NaN;
        values[42] = Float.MIN_VALUE;
        values[69] = -0f;
        assertEquals(3, Sparsity.zeros(values, 0, 70));
        assertEquals(2, Sparsity.zeros(values, 4, 66));
        assertEquals(0, Sparsity.zeros(values, 4, 36));
        assertEquals(0, Sparsity.zeros(values, 70, 0));
        assertThrows(IllegalArgumentException.class, () -> Sparsity.zeros(values, 1, 70));
        Sparsity sparsity = Sparsity.of(values, 0, 7, false, 10, 7);
        assertEquals(67, sparsity.nonZeros());
        assertEquals(3 / 70.0, sparsity.zeroShare(), 1e-12);
    }

    /** Columns: 0 and 1 share rows 0 and 2, 2 is empty, 3 has row 3. */
    @Test
    void seesAPatternByHand() {
        float[] b = {
            1, 2, 0, 0,
            0, 0, 0, 0,
            3, 4, 0, 0,
            0, 0, 0, 5,
        };
        Sparsity s = Sparsity.of(b, 0, 4, false, 4, 4);
        assertEquals(5, s.nonZeros());
        assertEquals(1, s.emptyChannels());
        assertEquals(1, s.emptyInputs());
        assertEquals(5 / 6.0, s.pairFill(), 1e-12);
        assertEquals(5 / 12.0, s.fourFill(), 1e-12);
        assertTrue(s.twoOfFour());
        assertEquals(SparseForm.LISTS, s.form());
    }

    @ParameterizedTest
    @CsvSource({"2,0.5,BLOCKS_2", "4,0.5,BLOCKS_4", "16,0.9,BLOCKS_4", "1,0.5,LISTS", "1,0.9,LISTS"})
    void seesBlocksOfChannels(int block, double zeros, SparseForm form) {
        Random random = new Random(5);
        int k = 130;
        int n = 64;
        float[] b = new float[k * n];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j += block) {
                if (random.nextDouble() >= zeros) {
                    java.util.Arrays.fill(b, i * n + j, i * n + j + block, 1);
                }
            }
        }
        assertEquals(form, Sparsity.of(b, 0, n, false, k, n).form());
    }

    @ParameterizedTest
    @CsvSource({"2,4,true,true", "4,8,false,true", "5,8,false,false"})
    void seesNOfM(int most, int of, boolean twoOfFour, boolean fourOfEight) {
        int k = 200; // not a multiple of 64
        float[] b = new float[k * 3];
        for (int j = 0; j < 3; j++) {
            for (int i = 0; i < k; i++) {
                b[j * k + i] = i % of < most ? 1 : 0;
            }
        }
        Sparsity s = Sparsity.of(b, 0, k, true, k, 3);
        assertEquals(twoOfFour, s.twoOfFour());
        assertEquals(fourOfEight, s.fourOfEight());
    }

    @Test
    void alternatingInputsAreNOfM() {
        int k = 64;
        float[] b = new float[k * 6];
        for (int j = 0; j < 6; j++) {
            for (int i = 0; i < k; i++) {
                b[j * k + i] = (i + j & 1) == 0 ? 1 : 0;
            }
        }
        assertEquals(SparseForm.N_OF_M, Sparsity.of(b, 0, k, true, k, 6).form());
        assertFalse(Sparsity.of(b, 0, k, true, k, 6).pairFill() > 0.6);
    }

    @Test
    void allThreeLayoutsAgree() {
        Random random = new Random(7);
        int channels = 5;
        int taps = 9;
        int filters = 20;
        int k = channels * taps;
        float[] w = new float[3 + filters * k];
        float[] rows = new float[filters * k + 4];
        float[] matrix = new float[k * filters];
        for (int m = 0; m < filters; m++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    float value = random.nextInt(3) == 0 ? random.nextFloat() : 0;
                    w[3 + (m * channels + c) * taps + t] = value;
                    rows[4 + m * k + t * channels + c] = value;
                    matrix[(t * channels + c) * filters + m] = value;
                }
            }
        }
        Sparsity expected = Sparsity.of(matrix, 0, filters, false, k, filters);
        assertEquals(expected, Sparsity.of(rows, 4, k, true, k, filters));
        assertEquals(expected, Sparsity.ofFilters(w, 3, filters, channels, taps));
        assertEquals(Sparsity.zeros(matrix, 0, matrix.length), (long) k * filters - expected.nonZeros());
    }

    @Test
    void emptyAndAllZero() {
        Sparsity none = Sparsity.of(new float[0], 0, 4, false, 0, 4);
        assertEquals(0, none.zeroShare());
        assertEquals(4, none.emptyChannels());
        Sparsity zero = Sparsity.of(new float[12], 0, 4, false, 3, 4);
        assertEquals(1, zero.zeroShare());
        assertEquals(1, zero.pairFill());
        assertEquals(3, zero.emptyInputs());
    }
}
