package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** A session that many threads use at once gives each the bits that one thread alone gets. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrencyTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 4;

    @ParameterizedTest
    @CsvSource({
        "digits, 0",
        "digits, 1",
        "digits, 2",
        "digits-transformer, 0",
        "digits-transformer, 2",
        "digits-lstm, 0",
        "digits-lstm, 2"
    })
    void eightThreadsGetTheBitsOfOne(String name, int threads) throws Exception {
        HeldOut digits = HeldOut.digits();
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int count = 1 + i % 3; // several shapes at once: each has its own plan
            float[] pixels = digits.part(10 * i, 10 * i + count, 784);
            inputs.add(
                    name.equals("digits-lstm")
                            ? Tensor.of(pixels, count, 28, 28)
                            : Tensor.of(pixels, count, 1, 28, 28));
        }
        SessionOptions options = SessionOptions.DEFAULT.withThreads(threads);
        try (Session session = Session.open(Zoo.find(name).model(), options)) {
            assertSameBits(session, inputs);
        }
    }

    @Test
    void eightThreadsOnARealModel() throws Exception {
        Path model = SharedFolder.require("models/mobilenet-v2-fp32/model.onnx");
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            float[] pixels = new float[224 * 224 * 3];
            for (int p = 0; p < pixels.length; p++) {
                pixels[p] = random.nextFloat(-1, 1);
            }
            inputs.add(Tensor.of(pixels, 1, 224, 224, 3));
        }
        try (Session session = Session.open(model)) {
            assertSameBits(session, inputs);
        }
    }

    private static void assertSameBits(Session session, List<Tensor> inputs) throws Exception {
        List<int[]> alone = new ArrayList<>();
        for (Tensor input : inputs) {
            alone.add(run(session, input));
        }
        List<Callable<int[]>> runs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            inputs.forEach(input -> runs.add(() -> run(session, input)));
        }
        List<int[]> together = atOnce(runs);
        for (int i = 0; i < together.size(); i++) {
            assertArrayEquals(alone.get(i % inputs.size()), together.get(i), "run " + i);
        }
    }

    /** The bits of the only output. */
    private static int[] run(Session session, Tensor input) {
        Map<String, Tensor> outputs =
                session.run(Map.of(session.inputs().getFirst().name(), input));
        assertEquals(1, outputs.size());
        float[] values = outputs.values().iterator().next().toFloatArray();
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** Results in the order of the runs, which {@link #THREADS} threads start together. */
    private static <T> List<T> atOnce(List<Callable<T>> runs) throws Exception {
        CountDownLatch ready = new CountDownLatch(THREADS);
        List<Future<T>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < runs.size(); i++) {
                Callable<T> run = runs.get(i);
                boolean first = i < THREADS;
                futures.add(threads.submit(() -> {
                    if (first) {
                        ready.countDown();
                        ready.await(10, TimeUnit.SECONDS);
                    }
                    return run.call();
                }));
            }
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }

    @Test
    void twoSessionsShareTheDefaultPool() throws Exception {
        HeldOut digits = HeldOut.digits();
        Tensor image = Tensor.of(digits.part(0, 4, 784), 4, 1, 28, 28);
        Path cnn = Zoo.find("digits").model();
        Path transformer = Zoo.find("digits-transformer").model();
        try (Session a = Session.open(cnn);
                Session b = Session.open(transformer)) {
            int[] aloneA = run(a, image);
            int[] aloneB = run(b, image);
            List<Callable<int[]>> runs = new ArrayList<>();
            for (int i = 0; i < 4 * THREADS; i++) {
                Session session = i % 2 == 0 ? a : b;
                runs.add(() -> run(session, image));
            }
            List<int[]> together = atOnce(runs);
            for (int i = 0; i < together.size(); i++) {
                assertArrayEquals(i % 2 == 0 ? aloneA : aloneB, together.get(i), "run " + i);
            }
        }
    }

    @Test
    void closingOneSessionLeavesTheSharedPoolToTheOthers() throws IOException {
        Tensor image = Tensor.of(HeldOut.digits().part(0, 1, 784), 1, 1, 28, 28);
        Path model = Zoo.find("digits").model();
        try (Session stays = Session.open(model)) {
            int[] before = run(stays, image);
            Session closed = Session.open(model);
            assertArrayEquals(before, run(closed, image));
            closed.close();
            closed.close();
            assertArrayEquals(before, run(stays, image));
        }
    }

    @Test
    void closingEndsTheThreadsOfASessionsOwnPool() throws Exception {
        Tensor image = Tensor.of(HeldOut.digits().part(0, 1, 784), 1, 1, 28, 28);
        long before = poolThreads();
        Session session = Session.open(Zoo.find("digits").model(), SessionOptions.DEFAULT.withThreads(3));
        run(session, image);
        assertEquals(before + 2, poolThreads());
        session.close();
        for (int i = 0; i < 200 && poolThreads() > before; i++) {
            Thread.sleep(10);
        }
        assertEquals(before, poolThreads());
    }

    private static long poolThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lanewise"))
                .count();
    }
}
