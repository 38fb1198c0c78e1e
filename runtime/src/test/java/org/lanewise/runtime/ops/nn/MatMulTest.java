package org.lanewise.runtime.ops.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class MatMulTest {
    private static final Tensor A = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final Tensor B = Tensor.of(new float[] {1, 0, 0, 1, 10, 20}, 3, 2);

    @Test
    void multipliesMatrices() {
        float[] expected = {31, 62, 64, 125};
        assertArrayEquals(
                expected,
                NodeModel.of("MatMul", 13).input(A).input(B).run().getFirst().toFloatArray());
        assertArrayEquals(
                expected,
                NodeModel.of("MatMul", 13).input(A).constant(B).run().getFirst().toFloatArray());
    }

    @Test
    void oneMatrixServesABatch() {
        Tensor batch = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 1, 3);
        Tensor y = NodeModel.of("MatMul", 13)
                .threads(2)
                .input(batch)
                .input(B)
                .run()
                .getFirst();
        assertEquals(Shape.of(2, 1, 2), y.shape());
        assertArrayEquals(new float[] {31, 62, 64, 125}, y.toFloatArray());
    }

    @Test
    void anEmptyBatchGivesAnEmptyProduct() {
        Tensor none = Tensor.of(new float[0], 0, 1, 3);
        assertEquals(
                Shape.of(0, 1, 2),
                NodeModel.of("MatMul", 13).input(none).input(B).run().getFirst().shape());
    }

    @Test
    void vectorsLoseTheirDimension() {
        Tensor v = Tensor.of(new float[] {1, 2, 3});
        Tensor y = NodeModel.of("MatMul", 13).input(v).input(v).run().getFirst();
        assertEquals(Shape.scalar(), y.shape());
        assertEquals(14, y.toFloatArray()[0]);
    }

    @Test
    void integersWrap() {
        Tensor big = Tensor.of(new int[] {Integer.MAX_VALUE}, 1, 1);
        Tensor y = NodeModel.of("MatMul", 9)
                .input(big)
                .input(Tensor.of(new int[] {2}, 1, 1))
                .run()
                .getFirst();
        assertArrayEquals(new long[] {-2}, y.toLongArray());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "1, 0", "1, 1"})
    void gemmTransposesScalesAndAdds(int transA, int transB) {
        Tensor a = transA == 1 ? Tensor.of(new float[] {1, 4, 2, 5, 3, 6}, 3, 2) : A;
        Tensor b = transB == 1 ? Tensor.of(new float[] {1, 0, 10, 0, 1, 20}, 2, 3) : B;
        NodeModel[] nodes = {
            NodeModel.of("Gemm", 13).input(a).constant(b),
            NodeModel.of("Gemm", 13).input(a).input(b)
        };
        for (NodeModel node : nodes) {
            float[] y = node.input(Tensor.of(new float[] {1, 2}, 2, 1))
                    .with("transA", transA)
                    .with("transB", transB)
                    .with("alpha", 2f)
                    .with("beta", 10f)
                    .run()
                    .getFirst()
                    .toFloatArray();
            assertArrayEquals(new float[] {72, 134, 148, 270}, y);
        }
    }

    @Test
    void gemmRefusesACThatIsTooLarge() {
        NodeModel node = NodeModel.of("Gemm", 13).input(A).input(B).input(Tensor.of(new float[6], 3, 2));
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals("Gemm 'node': C has shape [3,2], expected one that broadcasts to [2,2]", e.getMessage());
    }

    @Test
    void refusesSizesThatDoNotFit() {
        NodeModel node = NodeModel.of("MatMul", 13).input(A).input(A);
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals("MatMul 'node': A [2,3] has 3 columns, B [2,3] has 2 rows", e.getMessage());
    }
}
