package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The kernels of lists of {@code int} give the bits of those of {@code long}, whichever the processor gets. */
class SparseTilesIntsTest {
    private static final int ROWS = SparseTiles.ROWS;

    /** Rows of the tile; the one behind them is zeros. */
    private static final int DEPTH = 40;

    private static final int CHANNELS = 8;

    /** Two sets of so many steps; in pairs, every other offset is that of the neighbour. */
    private static long[] sets(Random random, int steps, int more, boolean pairs) {
        int[] length = {steps, steps + more};
        int header = ChannelLists.SET_HEADER;
        // A kernel of long reads one step ahead
        long[] sets = new long[2 * header + 4 * (length[0] + length[1] + 1)];
        int at = 0;
        for (int set = 0; set < 2; set++) {
            int end = at + header + 4 * length[set];
            int n = CHANNELS - 4 * (set + 1);
            sets[at] = (long) (n + 2) << Integer.SIZE | end;
            sets[at + 1] = (long) n << Integer.SIZE | (n + 3);
            sets[at + 2] = n + 1;
            for (int i = 0; i < 4 * length[set]; i++) {
                long row = pairs && i / 4 % 2 == 0 && i % 2 == 1
                        ? sets[at + header + i - 1] >>> Integer.SIZE
                        : (long) random.nextInt(DEPTH + 1) * ROWS;
                float value = row == DEPTH * ROWS ? 0 : (float) random.nextGaussian();
                sets[at + header + i] = row << Integer.SIZE | Float.floatToRawIntBits(value) & 0xffffffffL;
            }
            at = end;
        }
        return sets;
    }

    private static int[] halves(long[] sets) {
        int[] halves = new int[2 * sets.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = (int) (sets[i / 2] >>> i % 2 * Integer.SIZE);
        }
        return halves;
    }

    private static void check(long[] sets, int length, boolean pairs, Random random, float lower) {
        int tile = 16;
        int in = tile + (DEPTH + 1) * ROWS;
        float[] x = new float[in + CHANNELS * ROWS + 5];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        Arrays.fill(x, in - ROWS, in, 0);
        int pitch = ROWS + 3;
        float[] expected = new float[CHANNELS * pitch + 7];
        float[] got = expected.clone();
        int[] halves = halves(sets);
        if (pairs) {
            SparseTilesPairs.run(sets, 0, length, x, tile, in, expected, 7, pitch, lower);
            SparseTilesIntPairs.run(halves, 0, 2 * length, x, tile, in, got, 7, pitch, lower);
        } else {
            SparseTilesVector.four(sets, 0, length, x, tile, in, expected, 7, pitch, lower);
            SparseTilesInts.four(halves, 0, 2 * length, x, tile, in, got, 7, pitch, lower);
        }
        assertArrayEquals(expected, got);
    }

    @Property(tries = 60)
    void givesTheBitsOfLongs(
            @ForAll @IntRange(max = 30) int steps,
            @ForAll @IntRange(max = 9) int more,
            @ForAll boolean relu,
            @ForAll long seed) {
        if (!ChannelLists.PAIRS) {
            return;
        }
        Random random = new Random(seed);
        long[] sets = sets(random, steps, more, false);
        check(sets, sets.length - 4, false, random, relu ? 0 : Float.NEGATIVE_INFINITY);
    }

    @Property(tries = 60)
    void pairsGiveTheBitsOfLongs(
            @ForAll @IntRange(max = 15) int steps,
            @ForAll @IntRange(max = 5) int more,
            @ForAll boolean relu,
            @ForAll long seed) {
        if (!ChannelLists.PAIRS) {
            return;
        }
        Random random = new Random(seed);
        long[] sets = sets(random, 2 * steps, 2 * more, true);
        check(sets, sets.length - 4, true, random, relu ? 0 : Float.NEGATIVE_INFINITY);
    }

    @Test
    void noSetsTouchNothing() {
        if (!ChannelLists.PAIRS) {
            return;
        }
        float[] y = new float[ROWS];
        SparseTilesInts.four(new int[0], 0, 0, new float[ROWS], 0, 0, y, 0, ROWS, 0);
        SparseTilesIntPairs.run(new int[0], 0, 0, new float[ROWS], 0, 0, y, 0, ROWS, 0);
        assertArrayEquals(new float[ROWS], y);
    }
}
