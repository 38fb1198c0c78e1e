package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

/** What tests of pruning have in common: a network, inputs for it, and looks at weights. */
final class PruningModels {
    static final LayerSelection EVERY = new LayerSelection(Set.of("*"), Set.of());
    static final PruningOptions SECOND_ORDER = PruningOptions.DEFAULT.withInclude(EVERY);
    static final PruningOptions MAGNITUDE =
            SECOND_ORDER.withMethod(PruningMethod.MAGNITUDE).withScope(PruningScope.LAYER);

    private PruningModels() {}

    /** Two convolutions with a Relu between them and a residual, a pool and a product. */
    static Model network(Random random) {
        return new Models(17)
                .conv("a", "x", Models.gaussian(random, 8 * 8 * 9, 0.2), Models.gaussian(random, 8, 0.1), 8, 1)
                .node("Relu", "b", "a")
                .conv("c", "b", Models.gaussian(random, 8 * 8 * 9, 0.2), Models.gaussian(random, 8, 0.1), 8, 1)
                .node("Add", "d", "c", "x")
                .node("Relu", "e", "d")
                .node("GlobalAveragePool", "f", "e")
                .node("Flatten", "g", "f")
                .constant("w", Tensor.of(Models.gaussian(random, 8 * 6, 1), 8, 6))
                .node("MatMul", "y", "g", "w")
                .build(new long[] {-1, 8, 6, 6}, 2);
    }

    /** Neighbouring pixels and channels alike, as in pictures. */
    static List<Map<String, Tensor>> pictures(long seed, int count) {
        Random random = new Random(seed);
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] noise = Models.gaussian(random, 8 * 36, 0.5);
            float[] smooth = new float[noise.length];
            float level = 0;
            for (int j = 0; j < noise.length; j++) {
                level = 0.8f * level + noise[j] + 0.1f;
                smooth[j] = level + smooth[Math.max(0, j - 36)] / 2;
            }
            samples.add(Map.of("x", Tensor.of(smooth, 1, 8, 6, 6)));
        }
        return samples;
    }

    static PruningResult prune(Model model, @Nullable List<Map<String, Tensor>> data, PruningOptions options) {
        return Pruning.apply(
                model,
                data == null ? null : CalibrationData.of(data),
                options,
                Models.ONE_THREAD,
                ProgressListener.NONE);
    }

    static float[] weights(Model model, String name) {
        return Objects.requireNonNull(model.graph().initializers().get(name), name)
                .tensor()
                .toFloatArray();
    }

    static long zeros(float[] values) {
        long zeros = 0;
        for (float value : values) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros;
    }
}
