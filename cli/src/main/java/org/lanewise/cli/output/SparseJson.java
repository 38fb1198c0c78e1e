package org.lanewise.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.SparseCurve.Point;
import org.lanewise.kernels.Simd;

/** Curves of zeros as an object for programs. */
public final class SparseJson {
    private SparseJson() {}

    /** The object. */
    public static Map<String, @Nullable Object> of(List<SparseCurve> curves) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("vector_bits", Simd.BITS);
        object.put("layers", curves.stream().map(SparseJson::of).toList());
        object.put(
                "loss",
                rounded(curves.stream().mapToDouble(SparseCurve::loss).max().orElse(0)));
        return object;
    }

    private static Map<String, @Nullable Object> of(SparseCurve curve) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("kind", curve.kind());
        object.put("shape", curve.shape());
        object.put("dense_kernel", curve.denseKernel());
        object.put("dense_us", rounded(curve.denseNanos() / 1e3));
        object.put("predicted_dense_us", rounded(curve.predictedDense() / 1e3));
        object.put("break_even", rounded(curve.breakEven(false)));
        object.put("predicted_break_even", rounded(curve.breakEven(true)));
        object.put("error", rounded(curve.error()));
        object.put("loss", rounded(curve.loss()));
        List<Map<String, Object>> sparse = new ArrayList<>();
        for (Point point : curve.points()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("zeros", point.pattern().zeros());
            line.put(
                    "pattern",
                    point.pattern().isAnywhere()
                            ? "unstructured"
                            : point.pattern().name());
            line.put("kernel", point.kernel());
            line.put("us", rounded(point.nanos() / 1e3));
            line.put("predicted_us", rounded(point.predicted() / 1e3));
            line.put("gain", rounded(curve.gain(point)));
            line.put("predicted_gain", rounded(curve.predictedGain(point)));
            line.put("chosen", curve.isChosen(point));
            sparse.add(line);
        }
        object.put("sparse", sparse);
        return object;
    }

    /** Null for what is not a number. */
    private static @Nullable Double rounded(double value) {
        return Double.isFinite(value) ? Math.rint(value * 1000) / 1000 : null;
    }
}
