package org.lanewise.runtime.ops.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class ElementwiseTest {
    private static final Tensor A = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void broadcastsUnderNumpysRules() {
        Tensor column = Tensor.of(new float[] {10, 20}, 2, 1);
        assertArrayEquals(
                new float[] {11, 12, 13, 24, 25, 26},
                OneNode.of("Add", 14).run(A, column).toFloatArray());
        assertArrayEquals(
                new float[] {0, 1, 2, 3, 4, 5},
                OneNode.of("Sub", 14).run(A, Tensor.scalar(1f)).toFloatArray());
        assertEquals(
                "float[0,3]",
                OneNode.of("Mul", 14)
                        .run(Tensor.of(new float[0], 0, 3), Tensor.of(new float[3]))
                        .toString());
    }

    @Test
    void oldOpsetsLayTheSecondOverTheFirst() {
        Tensor rows = Tensor.of(new float[] {10, 20});
        Tensor sum = OneNode.of("Add", 6).with("broadcast", 1).with("axis", 0).run(A, rows);
        assertArrayEquals(new float[] {11, 12, 13, 24, 25, 26}, sum.toFloatArray());
        Tensor suffix = OneNode.of("Mul", 1).with("broadcast", 1).run(A, Tensor.of(new float[] {1, 0, 2}));
        assertArrayEquals(new float[] {1, 0, 6, 4, 0, 12}, suffix.toFloatArray());
        InferenceException error = assertThrows(
                InferenceException.class, () -> OneNode.of("Add", 6).run(A, Tensor.of(new float[] {1, 2, 3})));
        assertTrue(error.getMessage().contains("[2,3] and [3] do not match and broadcast is 0"), error.getMessage());
    }

    @Test
    void refusesTypesThatDiffer() {
        InferenceException error = assertThrows(
                InferenceException.class, () -> OneNode.of("Add", 14).run(A, Tensor.of(new int[] {1, 2, 3})));
        assertTrue(
                error.getMessage().contains("input 1 is int32, input 0 is float, expected the same type"),
                error.getMessage());
        error = assertThrows(
                InferenceException.class, () -> OneNode.of("Exp", 13).run(Tensor.of(new int[] {1})));
        assertTrue(error.getMessage().contains("input 0 is int32, expected one of float"), error.getMessage());
    }

    @Test
    void unsignedIntegersStayUnsigned() {
        Tensor a = Tensor.wrap(DataType.UINT8, Shape.of(3), new byte[] {(byte) 200, 7, (byte) 255}, 0);
        Tensor b = Tensor.wrap(DataType.UINT8, Shape.of(3), new byte[] {3, (byte) 128, 1}, 0);
        assertArrayEquals(
                new long[] {66, 0, 255}, OneNode.of("Div", 14).run(a, b).toLongArray());
        assertArrayEquals(
                new long[] {200, 128, 255}, OneNode.of("Max", 13).run(a, b).toLongArray());
        assertArrayEquals(
                new long[] {203, 135, 0}, OneNode.of("Add", 14).run(a, b).toLongArray());
    }

    @Test
    void powersTakeTheTypeOfTheBase() {
        Tensor base = Tensor.of(new int[] {2, -3, 7});
        assertArrayEquals(
                new long[] {8, -27, 343},
                OneNode.of("Pow", 15).run(base, Tensor.of(new long[] {3})).toLongArray());
        assertArrayEquals(
                new long[] {5, 0, 129},
                OneNode.of("Pow", 15)
                        .run(Tensor.of(new int[] {2, 0, 7}), Tensor.scalar(2.5f))
                        .toLongArray());
        assertArrayEquals(
                new float[] {4, 9},
                OneNode.of("Pow", 15)
                        .run(Tensor.of(new float[] {-2, 3}), Tensor.of(new long[] {2}))
                        .toFloatArray());
        assertArrayEquals(
                new float[] {4, 9},
                OneNode.of("Pow", 15)
                        .run(Tensor.of(new float[] {-2, 3}), Tensor.scalar(2f))
                        .toFloatArray());
    }

    @Test
    void clipTakesBoundsFromAttributesOrInputs() {
        Tensor x = Tensor.of(new float[] {-5, 0.5f, Float.NaN, Float.POSITIVE_INFINITY});
        Tensor old = OneNode.of("Clip", 6).with("min", -1f).with("max", 1f).run(x);
        assertArrayEquals(new float[] {-1, 0.5f, Float.NaN, 1}, old.toFloatArray());
        Tensor onlyMin = OneNode.of("Clip", 13).run(x, Tensor.scalar(0f));
        assertArrayEquals(new float[] {0, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}, onlyMin.toFloatArray());
        Tensor onlyMax = OneNode.of("Clip", 13).run(Tensor.of(new long[] {-9, 9}), null, Tensor.scalar(4L));
        assertArrayEquals(new long[] {-9, 4}, onlyMax.toLongArray());
    }

    @Test
    void foldsAnyNumberOfInputs() {
        Tensor b = Tensor.of(new float[] {0, 9, 0}, 1, 3);
        Tensor c = Tensor.of(new float[] {4, 1}, 2, 1);
        assertArrayEquals(
                new float[] {4, 9, 4, 4, 9, 6},
                OneNode.of("Max", 13).run(A, b, c).toFloatArray());
        assertArrayEquals(
                new float[] {5, 15, 7, 5, 15, 7},
                OneNode.of("Sum", 13)
                        .run(Tensor.of(new float[] {1, 2, 3}), b, Tensor.of(new float[] {4, 4}, 2, 1))
                        .toFloatArray());
        assertArrayEquals(A.toFloatArray(), OneNode.of("Mean", 13).run(A).toFloatArray());
    }

    @Test
    void oldPReluHasASlopeForEachChannel() {
        Tensor x = Tensor.of(new float[] {-1, -1, -1, -1}, 1, 2, 2);
        Tensor y = OneNode.of("PRelu", 6).run(x, Tensor.of(new float[] {0.5f, 2}));
        assertArrayEquals(new float[] {-0.5f, -0.5f, -2, -2}, y.toFloatArray());
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("PRelu", 16).run(Tensor.scalar(1f), Tensor.of(new float[2])));
        assertTrue(error.getMessage().contains("slope [2] does not broadcast to x []"), error.getMessage());
    }

    @Test
    void seluHasItsOldConstantsInOpset1() {
        Tensor y = OneNode.of("Selu", 1).run(Tensor.of(new float[] {2, -50}));
        assertArrayEquals(new float[] {2.1014f, -1.0507f * 1.6732f}, y.toFloatArray(), 1e-6f);
    }

    @Test
    void sixteenBitTypesAreRoundedOnce() {
        short one = Float.floatToFloat16(1);
        Tensor half = Tensor.wrap(DataType.FLOAT16, Shape.of(2), new short[] {one, Float.floatToFloat16(0.1f)}, 0);
        Tensor sum = OneNode.of("Add", 14).run(half, half);
        assertEquals(DataType.FLOAT16, sum.type());
        assertArrayEquals(new float[] {2, Float.float16ToFloat(Float.floatToFloat16(0.2f))}, sum.toFloatArray());
    }

    @Test
    void cumulativeSumsRunBothWays() {
        Tensor x = Tensor.of(new float[] {1, 2, 3});
        Tensor axis = Tensor.scalar(0L);
        assertArrayEquals(
                new float[] {1, 3, 6}, OneNode.of("CumSum", 14).run(x, axis).toFloatArray());
        Tensor y =
                OneNode.of("CumSum", 14).with("exclusive", 1).with("reverse", 1).run(x, axis);
        assertArrayEquals(new float[] {5, 3, 0}, y.toFloatArray());
        Tensor half = Tensor.wrap(DataType.BFLOAT16, Shape.of(2), new short[] {0x3f80, 0x4000}, 0);
        assertArrayEquals(
                new float[] {1, 2}, OneNode.of("CumProd", 26).run(half, axis).toFloatArray());
    }

    @Test
    void whereChoosesElementsOfAnyType() {
        Tensor condition = Tensor.of(new boolean[] {true, false}, 2, 1);
        Tensor y = OneNode.of("Where", 16)
                .run(condition, Tensor.of(new String[] {"a", "b"}), Tensor.of(new String[] {"c"}));
        assertEquals("string[2,2]", y.toString());
        assertArrayEquals(new String[] {"a", "b", "c", "c"}, (String[]) y.storage());
    }

    @Test
    void dropoutPassesInInferenceAndDropsInTraining() {
        Tensor x = Tensor.of(new float[] {1, 2, 3});
        List<Tensor> inference = OneNode.of("Dropout", 13).outputs(2).runAll(x, Tensor.scalar(0.9f));
        assertArrayEquals(new float[] {1, 2, 3}, inference.get(0).toFloatArray());
        assertArrayEquals(new long[] {1, 1, 1}, inference.get(1).toLongArray());
        Tensor big = Tensor.of(new float[10_000]);
        Arrays.fill((float[]) big.storage(), 1);
        Tensor training = Tensor.of(new boolean[] {true}).reshape(Shape.scalar());
        List<Tensor> dropped =
                OneNode.of("Dropout", 13).with("seed", 7).outputs(2).runAll(big, Tensor.scalar(0.75f), training);
        int kept = 0;
        for (int i = 0; i < big.size(); i++) {
            assertEquals(
                    dropped.get(1).getLong(i) == 0 ? 0f : 4f, dropped.get(0).getDouble(i));
            kept += (int) dropped.get(1).getLong(i);
        }
        assertEquals(2500, kept, 200);
        assertEquals(
                "float[3]", OneNode.of("Dropout", 7).outputs(2).runAll(x).get(1).toString());
    }
}
