package org.lanewise.quantization.prune;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Samples with up to half of another one mixed in, {@code (1 - s) x + s x'} with s at random: more inputs than there are, for which the dense model knows the answers. Samples whose inputs are not all of type float, or of other shapes, stay as they are.
 *
 * <p>Source: H. Zhang et al., mixup: Beyond Empirical Risk Minimization, ICLR 2018, arXiv 1710.09412; with the answers of a teacher L. Beyer et al., Knowledge distillation: A good teacher is patient and consistent, CVPR 2022, arXiv 2106.05237.
 */
final class SampleMixture {
    private static final double MOST = 0.5;

    private final List<Map<String, OnnxValue>> samples;
    private final SplittableRandom random;

    SampleMixture(List<Map<String, OnnxValue>> samples, SplittableRandom random) {
        this.samples = samples;
        this.random = random;
    }

    /** Sample {@code i}, mixed. */
    Map<String, OnnxValue> next(int i) {
        Map<String, OnnxValue> sample = samples.get(i);
        Map<String, OnnxValue> other = samples.get(random.nextInt(samples.size()));
        float share = (float) (MOST * random.nextDouble());
        Map<String, OnnxValue> mixed = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> input : sample.entrySet()) {
            Tensor own = mixed(input.getValue(), other.get(input.getKey()), share);
            if (own == null) {
                return sample;
            }
            mixed.put(input.getKey(), own);
        }
        return mixed;
    }

    private static @Nullable Tensor mixed(OnnxValue one, @Nullable OnnxValue two, float share) {
        if (!(one instanceof FloatTensor a)
                || !(two instanceof FloatTensor b)
                || !a.shape().equals(b.shape())) {
            return null;
        }
        float[] values = new float[a.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (1 - share) * a.array()[a.offset() + i] + share * b.array()[b.offset() + i];
        }
        return Tensor.wrap(DataType.FLOAT, a.shape(), values, 0);
    }
}
