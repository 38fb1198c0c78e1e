package org.lanewise.runtime.ops.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class RandomTest {
    private static double[] moments(Tensor tensor) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < tensor.size(); i++) {
            sum += tensor.getDouble(i);
            squares += tensor.getDouble(i) * tensor.getDouble(i);
        }
        double mean = sum / tensor.size();
        return new double[] {mean, squares / tensor.size() - mean * mean};
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})
    void drawsWhatItSays(DataType type) {
        Tensor normal = NodeTester.of("RandomNormal", 22)
                .with("seed", 1f)
                .with("mean", 3f)
                .with("scale", 2f)
                .with("dtype", (long) type.code())
                .ints("shape", 100, 200)
                .run();
        assertEquals(type, normal.type());
        assertEquals(Shape.of(100, 200), normal.shape());
        assertArrayEquals(new double[] {3, 4}, moments(normal), 0.15);
        Tensor uniform = NodeTester.of("RandomUniformLike", 1)
                .with("seed", 2f)
                .with("low", -1f)
                .with("high", 1f)
                .run(normal);
        assertEquals(type, uniform.type());
        assertArrayEquals(new double[] {0, 1 / 3.0}, moments(uniform), 0.05);
    }

    @Test
    void repeatsWithASeed() {
        NodeTester node = NodeTester.of("RandomUniform", 1).with("seed", 7f).ints("shape", 9);
        assertArrayEquals(node.run().toFloatArray(), node.run().toFloatArray());
        assertTrue(node.run().getDouble(0)
                != NodeTester.of("RandomUniform", 1)
                        .with("seed", 8f)
                        .ints("shape", 9)
                        .run()
                        .getDouble(0));
    }

    @Test
    void drawsByProbability() {
        Tensor certain = NodeTester.of("Bernoulli", 15)
                .with("dtype", (long) DataType.BOOL.code())
                .run(Tensor.of(new float[] {0, 1, 0}));
        assertArrayEquals(new long[] {0, 1, 0}, certain.toLongArray());
        float never = Float.NEGATIVE_INFINITY;
        Tensor drawn = NodeTester.of("Multinomial", 7)
                .with("seed", 1f)
                .with("sample_size", 1000L)
                .with("dtype", (long) DataType.INT64.code())
                .run(Tensor.of(new float[] {never, 0, (float) Math.log(3), 5, never, never}, 2, 3));
        double[] first = moments(drawn.slice(0, Shape.of(1000)));
        assertEquals(1.75, first[0], 0.05);
        assertArrayEquals(new double[] {0, 0}, moments(drawn.slice(1000, Shape.of(1000))));
    }

    @Test
    void refusesTypesThatAreNotReal() {
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("RandomNormalLike", 1).run(Tensor.of(new long[] {1})));
        assertTrue(e.getMessage().contains("random numbers of type int64"), e::getMessage);
    }
}
