package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.loaders.onnx.OnnxModelFormat;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.testmodels.check.TestCase;
import org.lanewise.testmodels.check.TestSuite;

/**
 * A model file is data, whoever wrote it: whatever it asks for, opening it takes little memory, opening and running it end, and nothing but an
 * {@link InferenceException} with a message comes out.
 */
class HostileModelTest {
    /** What opening may allocate, garbage included, beyond a multiple of the file's size. */
    private static final long OPEN_BYTES = 512L << 20;

    private static final int OPEN_TIMES_FILE = 100;

    private static final int SECONDS = 30;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(strings = {"breast-cancer", "digits", "digits-lstm", "digits-transformer"})
    void damagedModelsFailCleanly(String name) throws IOException {
        attack(name, Zoo.find(name).open().readAllBytes(), 60);
    }

    /** Minutes long: every operator that the conformance set uses. */
    @Test
    @Tag("monster")
    void damagedConformanceModelsFailCleanly() throws IOException {
        try (TestSuite suite = TestSuite.open(SharedFolder.require("conformance/conformance-dev.zip"), null)) {
            List<TestCase> tests = suite.tests();
            assertFalse(tests.isEmpty());
            for (TestCase test : tests) {
                attack(test.name(), Files.readAllBytes(test.model()), 100);
            }
        }
    }

    private static void attack(String name, byte[] file, int count) {
        Model model = new OnnxModelFormat().read(file);
        ExecutorService executor =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        try {
            for (int seed = 0; seed < count; seed++) {
                long mine = seed;
                await(executor, executor.submit(() -> survive(file, model, mine)), name + " with seed " + seed);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** A loop without end is a valid model; what takes long must then end when its thread is interrupted. */
    private static void await(ExecutorService executor, Future<?> attack, String what) {
        try {
            attack.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            attack.cancel(true);
            assertDoesNotThrow(() -> executor.submit(() -> {}).get(SECONDS, TimeUnit.SECONDS), what + " hangs");
        }
    }

    private static void survive(byte[] file, Model model, long seed) {
        ModelMutator mutator = new ModelMutator(seed);
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        options = seed % 2 == 0 ? options : options.raw();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try (Session session = seed % 4 == 0
                ? Session.open(mutator.damaged(file), options)
                : Session.open(mutator.damaged(model), options)) {
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(bytes <= OPEN_BYTES + (long) OPEN_TIMES_FILE * file.length, "opening allocates " + bytes);
            session.run(mutator.inputs(session.inputs()), null);
        } catch (InferenceException e) {
            assertNotNull(e.getMessage());
            Throwable cause = e.getCause();
            boolean unchecked = cause instanceof IndexOutOfBoundsException
                    || cause instanceof NegativeArraySizeException
                    || cause instanceof ClassCastException
                    || cause instanceof NullPointerException;
            // An index that no operator checked falls outside an array here, but into another value in a slab.
            assertFalse(unchecked, e.getMessage());
        }
    }
}
