package org.lanewise.benchmarks;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.List;

/**
 * How an ONNX Runtime session is set up, beside the number of threads.
 *
 * @param name such as {@code ort-default} or {@code ort-spin-noarena}
 */
record OrtOptions(String name) {
    /** The defaults of the Java binding. */
    static final String DEFAULT = "ort-default";

    private static final String PREFIX = "ort";

    /** Options by name. */
    static OrtOptions of(String name) {
        List<String> parts = List.of(name.split("-", -1));
        if (!parts.getFirst().equals(PREFIX)
                || !List.of("ort", "default", "spin", "nospin", "arena", "noarena")
                        .containsAll(parts)) {
            throw new IllegalArgumentException("no runtime '" + name + "'");
        }
        return new OrtOptions(name);
    }

    /** The tuned options to try: all optimizations, sequential, denormals as zero; with and without the arena, with and without spinning threads. */
    static List<String> tuned(int threads) {
        List<String> names = new ArrayList<>();
        for (String arena : List.of("arena", "noarena")) {
            if (threads == 1) {
                names.add(PREFIX + "-" + arena);
            } else {
                names.add(PREFIX + "-spin-" + arena);
                names.add(PREFIX + "-nospin-" + arena);
            }
        }
        return names;
    }

    /** Sets options on a session to be. */
    void apply(OrtSession.SessionOptions options, int threads) throws OrtException {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        if (name.equals(DEFAULT)) {
            return;
        }
        List<String> parts = List.of(name.split("-", -1));
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setCPUArenaAllocator(!parts.contains("noarena"));
        options.setMemoryPatternOptimization(!parts.contains("noarena"));
        options.addConfigEntry("session.set_denormal_as_zero", "1");
        if (parts.contains("spin") || parts.contains("nospin")) {
            options.addConfigEntry("session.intra_op.allow_spinning", parts.contains("spin") ? "1" : "0");
        }
    }
}
