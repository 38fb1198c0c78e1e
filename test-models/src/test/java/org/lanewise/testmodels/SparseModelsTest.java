package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.lanewise.loaders.onnx.TestDataSet;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/** A pruned network leaves its zeros out and answers as with all weights. */
class SparseModelsTest {
    private static final float TOLERANCE = 1e-4f;

    /** Collects the names of sparse kernels. */
    private static final class SparseKernels implements RunListener {
        private final TreeSet<String> names = new TreeSet<>();

        @Override
        public void stepFinished(
                StepInfo step,
                @Nullable String kernel,
                long startNanos,
                long endNanos,
                List<@Nullable OnnxValue> inputs,
                List<@Nullable OnnxValue> outputs) {
            if (kernel != null && kernel.startsWith("sparse-")) {
                names.add(kernel);
            }
        }
    }

    /** The model with all but the largest weights of each convolution zero. */
    private static Model pruned(Model model, double zeros) {
        Map<String, Initializer> constants = new LinkedHashMap<>();
        model.graph().initializers().forEach((name, constant) -> {
            boolean filters =
                    constant.type() == DataType.FLOAT && constant.shape().rank() == 4;
            constants.put(name, filters ? Initializer.of(pruned(constant.tensor(), zeros)) : constant);
        });
        return model.withGraph(model.graph().withInitializers(constants));
    }

    private static Tensor pruned(Tensor weights, double zeros) {
        float[] values = weights.toFloatArray().clone();
        float[] sizes = values.clone();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.abs(sizes[i]);
        }
        Arrays.sort(sizes);
        float least = sizes[(int) (zeros * sizes.length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]) < least ? 0 : values[i];
        }
        return Tensor.wrap(DataType.FLOAT, weights.shape(), values, 0);
    }

    /** At 70 % zeros its small layers are as fast densely, so that {@link GoldenTest} may see no sparse kernel; with more zeros many of them run. */
    @Test
    void theFaceDetectorAnswersTheSameWithoutItsZeros() {
        Path folder = SharedFolder.require("models/face-sparse70");
        Model model = pruned(ModelFormat.forFile("model.onnx").read(folder.resolve("model.onnx")), 0.96);
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session sparse = Session.open(model, options);
                Session dense = Session.open(model, options.withSparseWeights(false))) {
            TestDataSet data = TestDataSet.read(TestDataSet.folders(folder).getFirst(), model);
            SparseKernels ran = new SparseKernels();
            SparseKernels without = new SparseKernels();
            Map<String, OnnxValue> got = sparse.run(data.inputs(), ran);
            dense.run(data.inputs(), without).forEach((name, expected) -> {
                float[] values = ((Tensor) got.get(name)).toFloatArray();
                float[] wanted = ((Tensor) expected).toFloatArray();
                for (int i = 0; i < wanted.length; i++) {
                    assertEquals(wanted[i], values[i], TOLERANCE * Math.max(1, Math.abs(wanted[i])), name);
                }
            });
            assertTrue(
                    !ran.names.isEmpty() && ran.names.stream().allMatch(name -> name.endsWith("%")),
                    ran.names::toString);
            assertTrue(without.names.isEmpty(), without.names::toString);
        }
    }
}
