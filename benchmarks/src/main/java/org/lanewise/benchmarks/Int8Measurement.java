package org.lanewise.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Measures a quantized model in Lanewise, the model it was made from in Lanewise, and the quantized one in ONNX Runtime, in turns. */
record Int8Measurement(Measurement way) {
    private static final double MOST_DECIBELS = 200;

    /** Measures. {@code progress} is told what is being done. */
    Int8Row of(Int8Work work, Consumer<String> progress) throws Exception {
        progress.accept("opening");
        Workload int8 = Workload.of(work.int8());
        Workload fp32 = Workload.of(work.fp32());
        List<Runner> runners = new ArrayList<>();
        try {
            runners.add(way.open(LocalRunner.LANEWISE, work.int8(), int8));
            String plain = work.hasWinograd() ? LocalRunner.IM2COL : LocalRunner.LANEWISE;
            runners.add(way.open(plain, work.fp32(), fp32));
            Runner standard = way.open(OrtOptions.DEFAULT, work.int8(), int8);
            runners.add(standard);
            if (work.hasWinograd()) {
                runners.add(way.open(LocalRunner.LANEWISE, work.fp32(), fp32));
            }
            double agreement = decibels(standard.outputs(), runners.getFirst().outputs());
            progress.accept("warm-up");
            for (Runner runner : runners) {
                if (runner == standard) {
                    Measurement.run(standard, way.warmUp() * Measurement.PEER_WARM_UP);
                } else {
                    way.warmUp(runner);
                }
            }
            String options = way.tune() ? way.tuned(standard, work.int8(), int8, progress) : OrtOptions.DEFAULT;
            if (!options.equals(OrtOptions.DEFAULT)) {
                Runner tuned = way.open(options, work.int8(), int8);
                runners.add(tuned);
                Measurement.run(tuned, way.warmUp() * Measurement.PEER_WARM_UP);
            }
            progress.accept("measuring");
            return row(work, int8, fp32, options, way.rounds(runners), agreement);
        } finally {
            for (Runner runner : runners) {
                runner.close();
            }
        }
    }

    private Int8Row row(
            Int8Work work, Workload int8, Workload fp32, String options, List<List<double[]>> times, double agreement)
            throws IOException {
        List<double[]> ours = times.get(0);
        List<double[]> standard = times.get(2);
        List<double[]> tried = options.equals(OrtOptions.DEFAULT) ? standard : times.getLast();
        boolean better =
                Measurement.times(tried).median() < Measurement.times(standard).median();
        List<double[]> ort = better ? tried : standard;
        return new Int8Row(
                work.label(),
                work.int8(),
                way.threads(),
                way.alternating() ? "alternating" : "interleaved",
                Measurement.times(ours),
                Measurement.times(times.get(1)),
                work.hasWinograd() ? Measurement.times(times.get(3)) : null,
                Measurement.times(ort),
                better ? options : OrtOptions.DEFAULT,
                Measurement.ratio(ours, times.get(1)),
                Measurement.ratio(ours, ort),
                Files.size(int8.model()),
                Files.size(fp32.model()),
                agreement,
                work.overFp32(),
                work.overOrt(),
                null);
    }

    /** The signal to noise of the output that is furthest from what is expected. */
    static double decibels(Map<String, float[]> expected, Map<String, float[]> got) {
        double least = MOST_DECIBELS;
        for (Map.Entry<String, float[]> output : expected.entrySet()) {
            float[] wanted = output.getValue();
            float @Nullable [] own = got.get(output.getKey());
            if (own == null || own.length != wanted.length) {
                throw new IllegalStateException("Lanewise gave " + (own == null ? "no" : own.length + " values as")
                        + " output '" + output.getKey() + "', expected " + wanted.length + " values");
            }
            double signal = 0;
            double noise = 0;
            for (int i = 0; i < wanted.length; i++) {
                signal += (double) wanted[i] * wanted[i];
                noise += ((double) own[i] - wanted[i]) * ((double) own[i] - wanted[i]);
            }
            least = Math.min(least, noise == 0 ? MOST_DECIBELS : 10 * Math.log10(signal / noise));
        }
        return least;
    }
}
