package org.lanewise.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link AlignedFloats} gives zeros that nobody else has, at whole lines. */
class AlignedFloatsTest {
    private static final int LINE = Alignment.LINE_BYTES / Float.BYTES;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17, 2047, 2048, 2049, 100_000, 600_000, 3_000_000})
    void zerosFromALineOn(int n) {
        for (int i = 0; i < 3; i++) {
            AlignedFloats room = AlignedFloats.of(n);
            assertEquals(0, (room.start() - Alignment.FIRST_FLOAT) % LINE, "values from a line on");
            assertTrue(room.array().length - room.start() >= n, "room for all");
            for (int j = 0; j < n; j++) {
                assertEquals(0, room.array()[room.start() + j], "at " + j);
                room.array()[room.start() + j] = j + 1;
            }
        }
    }

    @Test
    void refusesNegativeLengths() {
        assertThrows(NegativeArraySizeException.class, () -> AlignedFloats.of(-Alignment.FIRST_FLOAT - 1));
    }

    /** Values of one are not those of another, whoever asks. */
    @Test
    void threadsDoNotShareValues() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<List<AlignedFloats>>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int seed = t;
                all.add(threads.submit(() -> {
                    Random random = new Random(seed);
                    List<AlignedFloats> rooms = new ArrayList<>();
                    for (int i = 0; i < 200; i++) {
                        int n = 2048 + random.nextInt(9000);
                        AlignedFloats room = AlignedFloats.of(n);
                        Arrays.fill(room.array(), room.start(), room.start() + n, seed * 200 + i + 1);
                        rooms.add(room);
                    }
                    return rooms;
                }));
            }
            for (int t = 0; t < 4; t++) {
                List<AlignedFloats> rooms = all.get(t).get();
                for (int i = 0; i < rooms.size(); i++) {
                    AlignedFloats room = rooms.get(i);
                    for (int j = 0; j < 2048; j++) {
                        assertEquals(t * 200 + i + 1, room.array()[room.start() + j]);
                    }
                }
            }
        }
    }
}
