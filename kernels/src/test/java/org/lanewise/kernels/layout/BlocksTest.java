package org.lanewise.kernels.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlocksTest {
    @Test
    void gathersElements() {
        byte[] target = new byte[4];
        Blocks.gather(new byte[] {9, 1, 2, 3}, 1, new int[] {2, 0, 2}, 1, 0, 3, 1, target, 1);
        assertArrayEquals(new byte[] {0, 3, 1, 3}, target);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 40})
    void scattersWhatItGathered(int block) {
        int[] at = {3, 0, 2};
        float[] source = new float[4 * block + 1];
        for (int i = 0; i < source.length; i++) {
            source[i] = i;
        }
        float[] gathered = new float[3 * block + 2];
        Blocks.gather(source, 1, at, block, 0, 3, block, gathered, 2);
        for (int k = 0; k < 3; k++) {
            for (int b = 0; b < block; b++) {
                assertEquals(1 + at[k] * block + b, gathered[2 + k * block + b]);
            }
        }
        float[] back = new float[4 * block + 1];
        Blocks.scatter(gathered, 2, back, 1, at, block, 0, 3, block);
        for (int i = 0; i < back.length; i++) {
            boolean named = i >= 1 && (i - 1) / block != 1;
            assertEquals(named ? i : 0, back[i]);
        }
    }

    @Test
    void keepsTheLastOfBlocksWithOnePlace() {
        String[] target = {"x", "y"};
        Blocks.scatter(new String[] {"a", "b"}, 0, target, 0, new int[] {1, 1}, 1, 0, 2, 1);
        assertArrayEquals(new String[] {"x", "b"}, target);
    }

    @Test
    void fills() {
        short[] target = {1, 2, 3, 4};
        Fill.run(target, 1, 3, new short[] {7, 8}, 1);
        assertArrayEquals(new short[] {1, 8, 8, 4}, target);
    }
}
