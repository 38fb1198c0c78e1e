package org.lanewise.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.session.RunBinding;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** A runtime in this process. */
abstract class LocalRunner implements Runner {
    /** More runs than this are not kept of one round. */
    private static final int MAX_RUNS = 1 << 14;

    private final double[] times = new double[MAX_RUNS];
    private @Nullable Callable<?> task;

    /**
     * Opens a model.
     *
     * @param runtime {@link #LANEWISE}, {@link #IM2COL}, {@link #DENSE}, or the name of a {@link OrtOptions}
     */
    static LocalRunner open(String runtime, Workload work, int threads) throws Exception {
        return switch (runtime) {
            case LANEWISE -> new Lanewise(work, SessionOptions.DEFAULT.withThreads(threads));
            case IM2COL ->
                new Lanewise(work, SessionOptions.DEFAULT.withThreads(threads).withWinograd(false));
            case DENSE ->
                new Lanewise(work, SessionOptions.DEFAULT.withThreads(threads).withSparseWeights(false));
            default -> new OrtRunner(work, OrtOptions.of(runtime), threads);
        };
    }

    /** The name of this runtime. */
    static final String LANEWISE = "lanewise";

    /** The name of this runtime with convolutions that multiply as often as there are weights and pixels, never by Winograd's algorithm. */
    static final String IM2COL = "lanewise-im2col";

    /** The name of this runtime with every layer dense, whatever its weights. */
    static final String DENSE = "lanewise-dense";

    /** One run with its outputs where a caller can read them, the same memory in every run: what a process that serves requests would do. */
    abstract Callable<?> task() throws Exception;

    @Override
    public double[] run(double seconds) throws Exception {
        if (task == null) {
            task = task();
        }
        long nanos = (long) (seconds * 1e9);
        long start = System.nanoTime();
        long now = start;
        int count = 0;
        while (count < MAX_RUNS && (now - start < nanos || count == 0)) {
            task.call();
            long after = System.nanoTime();
            times[count++] = (after - now) / 1e3;
            now = after;
        }
        return Arrays.copyOf(times, count);
    }

    private static final class Lanewise extends LocalRunner {
        private final Session session;
        private final Workload work;

        Lanewise(Workload work, SessionOptions options) {
            this.work = work;
            session = Session.open(work.model(), options);
        }

        @Override
        Callable<?> task() {
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            work.inputs().forEach((name, value) -> inputs.put(name, (Tensor) value));
            RunBinding binding = session.bind(inputs);
            return () -> {
                binding.run();
                return binding;
            };
        }

        @Override
        public Map<String, float[]> outputs() {
            Map<String, float[]> outputs = new LinkedHashMap<>();
            session.run(work.inputs(), null).forEach((name, value) -> {
                if (value instanceof Tensor tensor && !(tensor instanceof StringTensor)) {
                    float[] values = new float[tensor.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) tensor.getDouble(i);
                    }
                    outputs.put(name, values);
                }
            });
            return outputs;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
