package org.lanewise.quantization.prune;

import java.util.SplittableRandom;
import org.lanewise.quantization.model.BackwardGraph;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Directions v of scores z at random, so that the mean of {@code (v . dz)^2} is the square of an error dz: signs. Of scores that go through a softmax only differences count, so the mean of v is taken away. */
final class Directions {
    private final SplittableRandom random = new SplittableRandom(1);

    /** The next one. */
    Tensor next(BackwardGraph.Seed seed) {
        Shape shape = seed.shape();
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(2) * 2 - 1;
        }
        int length = shape.rank() == 0 ? 1 : shape.dim(-1);
        for (int from = 0; seed.centered() && from < values.length; from += length) {
            float mean = 0;
            for (int i = from; i < from + length; i++) {
                mean += values[i] / length;
            }
            for (int i = from; i < from + length; i++) {
                values[i] -= mean;
            }
        }
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }
}
