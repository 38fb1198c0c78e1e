package org.lanewise.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs work in Lanewise and in ONNX Runtime side by side, in one process, in turns, and prints medians and their ratio. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description =
                "Runs models in Lanewise and in ONNX Runtime in turns. Ratio = ONNX Runtime's time / ours: above 1 we"
                        + " are ahead.")
public final class Compare implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "WORK",
            description =
                    "gemm:M,N,K, or a model (file, folder or zoo:NAME), with =FOLDER for a test_data_set to take the"
                            + " inputs from")
    private List<String> works = List.of();

    @Option(names = "--threads", defaultValue = "1", description = "threads of both (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "time for both together, after as much warm-up (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(names = "--json", description = "print one JSON array at the end")
    private boolean json;

    /** Starts the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        ArrayNode rows = new ObjectMapper().createArrayNode();
        System.out.printf(
                "%-34s %10s %10s %7s %9s%n",
                "work, " + threads + " thread(s), median us", "Lanewise", "ORT", "ratio", "max diff");
        for (String work : works) {
            try (Workload workload = Workload.of(work)) {
                rows.add(row(work, workload));
            }
        }
        if (json) {
            System.out.println(rows);
        }
        return 0;
    }

    private ObjectNode row(String work, Workload workload) throws Exception {
        try (Session session = Session.open(workload.model(), SessionOptions.DEFAULT.withThreads(threads));
                OrtRunner peer = new OrtRunner(workload.model(), workload.inputs(), threads)) {
            double difference = difference(session.run(workload.inputs()), peer.run());
            Interleaved.Times times =
                    Interleaved.measure(() -> session.run(workload.inputs()), peer::run, seconds, seconds);
            double ours = times.median(times.lanewise());
            double theirs = times.median(times.peer());
            System.out.printf(
                    "%-34s %10.1f %10.1f %7.2f %9.2g%n", shorten(work), ours, theirs, times.ratio(), difference);
            ObjectNode row = new ObjectMapper().createObjectNode();
            row.put("work", work)
                    .put("threads", threads)
                    .put("lanewise_us", ours)
                    .put("onnxruntime_us", theirs);
            row.put("lanewise_p10_us", times.quantile(times.lanewise(), 0.1))
                    .put("lanewise_p90_us", times.quantile(times.lanewise(), 0.9));
            row.put("onnxruntime_p10_us", times.quantile(times.peer(), 0.1))
                    .put("onnxruntime_p90_us", times.quantile(times.peer(), 0.9));
            return row.put("ratio", times.ratio()).put("max_difference", difference);
        }
    }

    private static String shorten(String work) {
        return work.length() <= 34 ? work : "..." + work.substring(work.length() - 31);
    }

    /** The largest difference between outputs, so that no speed is reported for a wrong answer unseen. */
    private static double difference(Map<String, Tensor> ours, Map<String, float[]> theirs) {
        double worst = 0;
        for (Map.Entry<String, float[]> output : theirs.entrySet()) {
            Tensor own = ours.get(output.getKey());
            if (own == null) {
                throw new IllegalStateException("Lanewise gave no output '" + output.getKey() + "'");
            }
            float[] values = own.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                worst = Math.max(worst, Math.abs(values[i] - output.getValue()[i]));
            }
        }
        return worst;
    }

    /** The model and inputs of one piece of work. */
    record Workload(
            Path model,
            Map<String, OnnxValue> inputs,
            @Nullable Path temporary) implements AutoCloseable {
        static Workload of(String text) throws Exception {
            return Workloads.of(text);
        }

        @Override
        public void close() throws Exception {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
