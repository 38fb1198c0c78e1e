package org.lanewise.runtime.ops.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.Tensor;

class LossTest {
    private static final Tensor SCORES = Tensor.of(new float[] {-1, -2, -3, -4}, 2, 2);

    @Test
    void reducesAsAsked() {
        Tensor labels = Tensor.of(new long[] {0, 1});
        Tensor weights = Tensor.of(new float[] {1, 3});
        String op = "NegativeLogLikelihoodLoss";
        assertArrayEquals(
                new float[] {1, 4},
                OneNode.of(op, 13).with("reduction", "none").run(SCORES, labels).toFloatArray());
        assertEquals(
                5,
                OneNode.of(op, 13).with("reduction", "sum").run(SCORES, labels).getDouble(0));
        assertEquals(13 / 4.0, OneNode.of(op, 13).run(SCORES, labels, weights).getDouble(0), 1e-6);
        assertEquals(
                4,
                OneNode.of(op, 13).with("ignore_index", 0).run(SCORES, labels).getDouble(0));
    }

    @Test
    void labelsOutsideTheClassesAreNamed() {
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("NegativeLogLikelihoodLoss", 13).run(SCORES, Tensor.of(new long[] {0, 2})));
        assertTrue(error.getMessage().contains("label 1 is 2, expected 0 to 1"), error.getMessage());
    }

    @Test
    void crossEntropyReturnsTheLogarithms() {
        List<Tensor> out = OneNode.of("SoftmaxCrossEntropyLoss", 13)
                .outputs(2)
                .runAll(Tensor.of(new float[] {0, 0, 0, 0}, 1, 2, 2), Tensor.of(new int[] {0, 1}, 1, 2));
        assertEquals(Math.log(2), out.get(0).getDouble(0), 1e-6);
        assertEquals("float[1,2,2]", out.get(1).toString());
        assertEquals(-Math.log(2), out.get(1).getDouble(3), 1e-6);
    }
}
