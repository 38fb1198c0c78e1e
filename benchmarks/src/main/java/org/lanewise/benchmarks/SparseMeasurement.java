package org.lanewise.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures a model in Lanewise, in Lanewise with every layer dense, and in ONNX Runtime, in turns. */
record SparseMeasurement(Measurement way) {
    /** Measures. {@code progress} is told what is being done. */
    SparseRow of(SparseWork work, Consumer<String> progress) throws Exception {
        progress.accept("opening");
        Workload workload = Workload.of(work.name());
        Products products = Products.of(workload, way.threads());
        List<Runner> runners = new ArrayList<>();
        try {
            Runner sparse = way.open(LocalRunner.LANEWISE, work.name(), workload);
            runners.add(sparse);
            Runner dense = way.open(LocalRunner.DENSE, work.name(), workload);
            runners.add(dense);
            Runner standard = way.open(OrtOptions.DEFAULT, work.name(), workload);
            runners.add(standard);
            Map<String, float[]> outputs = sparse.outputs();
            Difference toOrt = Difference.of(standard.outputs(), outputs);
            Difference toDense = Difference.of(dense.outputs(), outputs);
            progress.accept("warm-up");
            way.warmUp(sparse);
            way.warmUp(dense);
            Measurement.run(standard, way.warmUp() * Measurement.PEER_WARM_UP);
            String options = way.tune() ? way.tuned(standard, work.name(), workload, progress) : OrtOptions.DEFAULT;
            if (!options.equals(OrtOptions.DEFAULT)) {
                Runner tuned = way.open(options, work.name(), workload);
                runners.add(tuned);
                Measurement.run(tuned, way.warmUp() * Measurement.PEER_WARM_UP);
            }
            progress.accept("measuring");
            return row(work, products, options, way.rounds(runners), toOrt, toDense);
        } finally {
            for (Runner runner : runners) {
                runner.close();
            }
        }
    }

    private SparseRow row(
            SparseWork work,
            Products products,
            String options,
            List<List<double[]>> times,
            Difference toOrt,
            Difference toDense) {
        List<double[]> sparse = times.get(0);
        List<double[]> dense = times.get(1);
        List<double[]> standard = times.get(2);
        List<double[]> tried = times.getLast();
        boolean better =
                Measurement.times(tried).median() < Measurement.times(standard).median();
        List<double[]> ort = better ? tried : standard;
        return new SparseRow(
                work.label(),
                work.name(),
                way.threads(),
                way.alternating() ? "alternating" : "interleaved",
                products.zeros(),
                Measurement.times(sparse),
                Measurement.times(dense),
                Measurement.times(ort),
                better ? options : OrtOptions.DEFAULT,
                Measurement.ratio(sparse, dense),
                Measurement.ratio(sparse, ort),
                products.kernels(),
                toOrt.largest(),
                toDense.largest(),
                toOrt.accepted() && toDense.accepted(),
                work.overDense(),
                work.overOrt(),
                null);
    }
}
