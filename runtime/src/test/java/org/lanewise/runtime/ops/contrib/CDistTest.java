package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.Tensor;

class CDistTest {
    private static void refused(NodeModel model, String reason) {
        String message = assertThrows(InferenceException.class, model::run).getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void distancesOfRowsFromRows() {
        Tensor a = Tensor.of(new float[] {0, 0, 3, 4}, 2, 2);
        Tensor b = Tensor.of(new float[] {3, 4, 0, 1, -3, -4}, 3, 2);
        Tensor squares = NodeModel.contrib("CDist").input(a).input(b).run().getFirst();
        assertEquals("float[2,3]", squares.toString());
        assertArrayEquals(new float[] {25, 1, 25, 0, 18, 100}, squares.toFloatArray());
        Tensor roots = NodeModel.contrib("CDist")
                .with("metric", "euclidean")
                .threads(2)
                .input(a)
                .constant(b)
                .run()
                .getFirst();
        assertArrayEquals(new float[] {5, 1, 5, 0, (float) Math.sqrt(18), 10}, roots.toFloatArray());
    }

    @Test
    void doublesKeepTheirDigits() {
        Tensor a = Tensor.of(new double[] {1e-9}, 1, 1);
        Tensor b = Tensor.of(new double[] {1 + 1e-9}, 1, 1);
        DoubleTensor y = (DoubleTensor) NodeModel.contrib("CDist")
                .with("metric", "sqeuclidean")
                .input(a)
                .input(b)
                .run()
                .getFirst();
        assertEquals(1, y.getDouble(0), 1e-15);
    }

    @Test
    void rowsWithoutValuesAndNoRows() {
        Tensor none = Tensor.of(new float[0], 2, 0);
        assertArrayEquals(
                new float[4],
                NodeModel.contrib("CDist")
                        .input(none)
                        .input(none)
                        .run()
                        .getFirst()
                        .toFloatArray());
        Tensor y = NodeModel.contrib("CDist")
                .input(Tensor.of(new float[0], 0, 3))
                .input(Tensor.of(new float[6], 2, 3))
                .run()
                .getFirst();
        assertEquals("float[0,2]", y.toString());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Tensor a = Tensor.of(new float[6], 2, 3);
        refused(
                NodeModel.contrib("CDist").with("metric", "cosine").input(a).input(a),
                "metric is 'cosine', expected euclidean or sqeuclidean");
        refused(
                NodeModel.contrib("CDist").input(a).input(Tensor.of(new float[4], 2, 2)),
                "A has rows of 3 values, B of 2");
        refused(
                NodeModel.contrib("CDist").input(a).input(Tensor.of(new float[3])),
                "B has shape [3], expected a matrix");
        refused(NodeModel.contrib("CDist").input(a).input(Tensor.of(new double[6], 2, 3)), "float");
    }
}
