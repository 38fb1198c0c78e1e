package org.lanewise.runtime.ops.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class EinsumTest {
    private static final Tensor A = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    private static final Tensor B = Tensor.of(new float[] {5, 6, 7, 8}, 2, 2);

    private static Tensor run(String equation, Tensor... inputs) {
        return NodeTester.of("Einsum", 12).with("equation", equation).run(inputs);
    }

    @ParameterizedTest
    @CsvSource({
        "'ij,jk->ik', '19 22 43 50'",
        "'ij,jk', '19 22 43 50'",
        "'ij,jk->ki', '19 43 22 50'",
        "'ij,ij->ij', '5 12 21 32'",
        "'ij,ij->', '70'",
        "'ij,kl->ijkl', '5 6 7 8 10 12 14 16 15 18 21 24 20 24 28 32'",
        "'...j,...j->...', '17 53'",
        "'ij,k j->i', '40 92'",
    })
    void contractsTwo(String equation, String expected) {
        assertEquals(expected, text(run(equation, A, B)));
    }

    @ParameterizedTest
    @CsvSource({
        "'ij->ji', '1 3 2 4'",
        "'ji', '1 3 2 4'",
        "'ii->i', '1 4'",
        "'ii', '5'",
        "'ij->', '10'",
        "'i j -> j', '4 6'",
        "'...->...', '1 2 3 4'",
    })
    void rearrangesOne(String equation, String expected) {
        assertEquals(expected, text(run(equation, A)));
    }

    private static String text(Tensor tensor) {
        StringBuilder text = new StringBuilder();
        for (float value : tensor.toFloatArray()) {
            text.append(text.isEmpty() ? "" : " ").append((int) value);
        }
        return text.toString();
    }

    @Test
    void contractsThreeAndBroadcastsTheEllipsis() {
        assertEquals("34 48 74 104", text(run("ij,jk,kl->il", A, A, Tensor.of(new float[] {2, 4, 2, 2}, 2, 2))));
        Tensor out = run("...ij,...jk->...ik", Tensor.of(new float[8], 2, 1, 2, 2), Tensor.of(new float[12], 3, 2, 2));
        assertEquals(Shape.of(2, 3, 2, 2), out.shape());
    }

    @Test
    void wrapsSmallIntegers() {
        Tensor a = Tensor.of(new byte[] {100, 100});
        assertArrayEquals(new long[] {(byte) 20000}, run("i,i->", a, a).toLongArray());
        assertEquals(DataType.INT8, run("i,i->", a, a).type());
    }

    @Test
    void sumsNothingToZero() {
        assertArrayEquals(
                new float[] {0, 0}, run("ij->j", Tensor.of(new float[0], 0, 2)).toFloatArray());
    }

    @Test
    void refusesBadEquations() {
        assertTrue(message("ij->ik").contains("'k' of the result is in no operand"));
        assertTrue(message("i.j->i").contains("unexpected '.'"));
        assertTrue(message("i1").contains("unexpected '1'"));
        assertTrue(message("ijk").contains("operand 0 has rank 2, its term is 'ijk'"));
    }

    private static String message(String equation) {
        return String.valueOf(
                assertThrows(InferenceException.class, () -> run(equation, A)).getMessage());
    }
}
