package org.lanewise.runtime.ops.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class NormalizationTest {
    @Test
    void oldSoftmaxFlattensTheAxesBehind() {
        Tensor zeros = Tensor.of(new float[8], 2, 2, 2);
        assertEquals(0.25f, OneNode.of("Softmax", 11).run(zeros).getDouble(0), 1e-7);
        assertEquals(0.5f, OneNode.of("Softmax", 13).run(zeros).getDouble(0), 1e-7);
        Tensor logs = OneNode.of("LogSoftmax", 13).with("axis", 0).run(Tensor.of(new double[] {0, 0}));
        assertEquals(-Math.log(2), logs.getDouble(1), 1e-15);
        assertEquals(
                "float[0,3]",
                OneNode.of("Softmax", 13).run(Tensor.of(new float[0], 0, 3)).toString());
    }

    @Test
    void hardmaxMarksTheFirstLargest() {
        Tensor x = Tensor.of(new float[] {1, 3, 3, 0}, 1, 4);
        assertArrayEquals(
                new float[] {0, 1, 0, 0}, OneNode.of("Hardmax", 13).run(x).toFloatArray());
    }

    @Test
    void layerNormalizationReturnsItsStatistics() {
        Tensor x = Tensor.of(new float[] {1, 3, -2, 2}, 2, 2);
        List<Tensor> out = OneNode.of("LayerNormalization", 17)
                .with("epsilon", 0f)
                .outputs(3)
                .runAll(x, Tensor.of(new float[] {2, 1}), Tensor.of(new float[] {0, 10}));
        assertArrayEquals(new float[] {-2, 11, -2, 11}, out.get(0).toFloatArray(), 1e-6f);
        assertEquals("float[2,1]", out.get(1).toString());
        assertArrayEquals(new float[] {2, 0}, out.get(1).toFloatArray(), 1e-6f);
        assertArrayEquals(new float[] {1, 0.5f}, out.get(2).toFloatArray(), 1e-6f);
    }

    @Test
    void halvesKeepFloatStatistics() {
        Tensor x = Tensor.wrap(
                DataType.FLOAT16, Shape.of(1, 2), new short[] {Float.floatToFloat16(1), Float.floatToFloat16(3)}, 0);
        Tensor ones = Tensor.wrap(
                DataType.FLOAT16, Shape.of(2), new short[] {Float.floatToFloat16(1), Float.floatToFloat16(1)}, 0);
        List<Tensor> out = OneNode.of("LayerNormalization", 17)
                .with("epsilon", 0f)
                .outputs(2)
                .runAll(x, ones);
        assertEquals("float16[1,2]", out.get(0).toString());
        assertEquals("float[1,1]", out.get(1).toString());
        assertArrayEquals(new float[] {-1, 1}, out.get(0).toFloatArray());
    }

    @Test
    void aScaleMayDifferFromRowToRow() {
        Tensor x = Tensor.of(new float[] {1, 3, 1, 3}, 2, 2);
        Tensor y = OneNode.of("LayerNormalization", 17).with("epsilon", 0f).run(x, Tensor.of(new float[] {1, 2}, 2, 1));
        assertArrayEquals(new float[] {-1, 1, -2, 2}, y.toFloatArray(), 1e-6f);
        Tensor rms = OneNode.of("RMSNormalization", 23)
                .with("epsilon", 0f)
                .run(Tensor.of(new float[] {3, 4}), Tensor.scalar(1f));
        assertArrayEquals(new float[] {3 / 3.5355339f, 4 / 3.5355339f}, rms.toFloatArray(), 1e-6f);
    }

    @Test
    void groupsAreScaledByGroupThenByChannel() {
        Tensor x = Tensor.of(new float[] {1, 3, 1, 3}, 1, 4, 1);
        Tensor zero2 = Tensor.of(new float[2]);
        Tensor old = OneNode.of("GroupNormalization", 18)
                .with("num_groups", 2)
                .with("epsilon", 0f)
                .run(x, Tensor.of(new float[] {1, 2}), zero2);
        assertArrayEquals(new float[] {-1, 1, -2, 2}, old.toFloatArray(), 1e-6f);
        Tensor young = OneNode.of("GroupNormalization", 21)
                .with("num_groups", 2)
                .with("epsilon", 0f)
                .run(x, Tensor.of(new float[] {1, 2, 3, 4}), Tensor.of(new float[4]));
        assertArrayEquals(new float[] {-1, 2, -3, 4}, young.toFloatArray(), 1e-6f);
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("GroupNormalization", 18).with("num_groups", 3).run(x, zero2, zero2));
        assertTrue(error.getMessage().contains("4 channels cannot be split into 3 groups"), error.getMessage());
    }

    @Test
    void batchNormalizationTrainsOnlyWhenAsked() {
        Tensor x = Tensor.of(new float[] {1, 3}, 2, 1);
        Tensor one = Tensor.of(new float[] {1});
        Tensor zero = Tensor.of(new float[] {0});
        OneNode inference = OneNode.of("BatchNormalization", 15).with("epsilon", 0f);
        assertArrayEquals(
                new float[] {1, 3}, inference.run(x, one, zero, zero, one).toFloatArray());
        List<Tensor> trained = OneNode.of("BatchNormalization", 15)
                .with("epsilon", 0f)
                .with("training_mode", 1)
                .with("momentum", 0.5f)
                .outputs(3)
                .runAll(x, one, zero, zero, one);
        assertArrayEquals(new float[] {-1, 1}, trained.get(0).toFloatArray(), 1e-6f);
        assertArrayEquals(new float[] {1}, trained.get(1).toFloatArray());
        assertArrayEquals(new float[] {1}, trained.get(2).toFloatArray());
        Tensor each = OneNode.of("BatchNormalization", 7)
                .with("spatial", 0)
                .with("epsilon", 0f)
                .run(
                        Tensor.of(new float[] {1, 1}, 1, 1, 2),
                        Tensor.of(new float[] {1, 2}, 1, 2),
                        Tensor.of(new float[2], 1, 2),
                        Tensor.of(new float[2], 1, 2),
                        Tensor.of(new float[] {1, 1}, 1, 2));
        assertArrayEquals(new float[] {1, 2}, each.toFloatArray());
    }

    @Test
    void otherNormalizations() {
        Tensor x = Tensor.of(new float[] {3, -4, 0, 0}, 2, 2);
        assertArrayEquals(
                new float[] {0.6f, -0.8f, 0, 0},
                OneNode.of("LpNormalization", 22).run(x).toFloatArray(),
                1e-6f);
        assertArrayEquals(
                new float[] {3 / 7f, -4 / 7f, 0, 0},
                OneNode.of("LpNormalization", 1).with("p", 1).run(x).toFloatArray(),
                1e-6f);
        Tensor lrn = OneNode.of("LRN", 13)
                .with("size", 3)
                .with("alpha", 3f)
                .with("beta", 1f)
                .run(Tensor.of(new double[] {1, 2, 3}, 1, 3, 1));
        assertArrayEquals(new float[] {1 / 6f, 2 / 15f, 3 / 14f}, lrn.toFloatArray(), 1e-6f);
        Tensor mvn = OneNode.of("MeanVarianceNormalization", 13)
                .with("axes", new long[] {0})
                .run(Tensor.of(new float[] {1, 5, 3, 9}, 2, 2));
        assertArrayEquals(new float[] {-1, -1, 1, 1}, mvn.toFloatArray(), 1e-6f);
        Tensor instance = OneNode.of("InstanceNormalization", 6)
                .with("epsilon", 0f)
                .run(Tensor.of(new float[] {1, 3}, 1, 1, 2), Tensor.of(new float[] {2}), Tensor.of(new float[] {1}));
        assertArrayEquals(new float[] {-1, 3}, instance.toFloatArray(), 1e-6f);
    }
}
