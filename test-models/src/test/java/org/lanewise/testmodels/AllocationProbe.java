package org.lanewise.testmodels;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Runs a model in a JVM of its own until its runs allocate no more than allowed, for {@link AllocationTest}. Arguments: the model, bytes allowed for a bound
 * run, bytes for a run on a map beside its outputs, then the unknown dimensions to run with, one after the other. Exit code 0 when each was reached in time.
 */
final class AllocationProbe {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int RUNS = 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationProbe() {}

    public static void main(String[] args) {
        long bound = Long.parseLong(args[1]);
        long mapped = Long.parseLong(args[2]);
        try (Session session = Session.open(Path.of(args[0]), SessionOptions.DEFAULT.withThreads(1))) {
            for (int i = 3; i < args.length; i++) {
                Map<String, Tensor> inputs = inputs(session, Integer.parseInt(args[i]));
                long outputs = session.run(inputs).values().stream()
                        .mapToLong(output ->
                                (long) output.size() * output.type().storage().bytes())
                        .sum();
                expect("a bound run of " + inputs, session.bind(inputs)::run, bound);
                expect("a run of " + inputs, () -> session.run(inputs), mapped + outputs);
            }
        }
    }

    /** Repeats {@code run} until a whole batch of runs stays within the limit: earlier ones are interpreted, and vectors are objects there. */
    private static void expect(String what, Runnable run, long limit) {
        long start = System.nanoTime();
        long least = Long.MAX_VALUE;
        do {
            for (int i = 0; i < RUNS; i++) {
                run.run();
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < RUNS; i++) {
                run.run();
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / RUNS);
        } while (least > limit && System.nanoTime() - start < LIMIT_NANOS);
        System.out.println(what + " allocates " + least + " bytes, allowed are " + limit);
        if (least > limit) {
            System.exit(1);
        }
    }

    private static Map<String, Tensor> inputs(Session session, int unknown) {
        Map<String, Tensor> inputs = new HashMap<>();
        for (ValueInfo input : session.inputs()) {
            if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape shape))) {
                throw new IllegalArgumentException("input " + input + " is no tensor");
            }
            long[] dims = shape.toArray();
            for (int i = 0; i < dims.length; i++) {
                dims[i] = dims[i] < 0 ? unknown : dims[i];
            }
            inputs.put(input.name(), Tensor.allocate(type, Shape.of(dims)));
        }
        return inputs;
    }
}
