package org.lanewise.kernels.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MatrixTransposeTest {
    private static final int[] SIDES = {1, 3, 4, 15, 16, 17, 20, 32, 45, 64};

    @Test
    void movesEveryValueAndNothingElse() {
        Random random = new Random(1);
        for (int rows : SIDES) {
            for (int columns : SIDES) {
                int ldx = columns + random.nextInt(3);
                int ldy = rows + random.nextInt(3);
                float[] x = new float[5 + rows * ldx];
                for (int i = 0; i < x.length; i++) {
                    x[i] = i + 1;
                }
                float[] y = new float[7 + columns * ldy];
                float[] expected = new float[y.length];
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        expected[7 + j * ldy + i] = x[5 + i * ldx + j];
                    }
                }
                MatrixTranspose.run(x, 5, ldx, y, 7, ldy, rows, columns);
                assertArrayEquals(expected, y, rows + " x " + columns);
            }
        }
    }
}
