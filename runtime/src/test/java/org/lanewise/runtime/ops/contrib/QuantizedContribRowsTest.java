package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Rows worked out by hand for what ONNX Runtime has no kernel for or does otherwise, and what is refused. */
class QuantizedContribRowsTest {
    private static Tensor bytes(DataType type, Shape shape, int... values) {
        byte[] array = new byte[values.length];
        for (int i = 0; i < array.length; i++) {
            array[i] = (byte) values[i];
        }
        return Tensor.wrap(type, shape, array, 0);
    }

    private static Tensor u8(int... values) {
        return bytes(DataType.UINT8, Shape.of(values.length), values);
    }

    private static Tensor zero(DataType type, int value) {
        return bytes(type, Shape.scalar(), value);
    }

    private static Tensor halves(float... values) {
        short[] array = new short[values.length];
        for (int i = 0; i < array.length; i++) {
            array[i] = Float.floatToFloat16(values[i]);
        }
        return Tensor.wrap(DataType.FLOAT16, Shape.of(values.length), array, 0);
    }

    private static Tensor scalarHalf(float value) {
        return halves(value).reshape(Shape.scalar());
    }

    private static long[] run(NodeModel model) {
        return model.run().getFirst().toLongArray();
    }

    private static void refused(NodeModel model, String reason) {
        String message = assertThrows(InferenceException.class, model::run).getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void absentZeroPointsAreZero() {
        Tensor one = Tensor.scalar(1f);
        NodeModel sum = NodeModel.contrib("QLinearAdd")
                .input(u8(1, 200, 3))
                .constant(one)
                .absent();
        assertArrayEquals(
                new long[] {3, 255, 6},
                run(sum.input(u8(2, 100, 3)).constant(one).absent().constant(one)));
        NodeModel product = NodeModel.contrib("QLinearMul")
                .input(u8(1, 200, 5))
                .constant(one)
                .absent();
        assertArrayEquals(
                new long[] {1, 255, 8}, // 7.5 rounds to even
                run(product.input(u8(2, 100, 3)).constant(one).absent().constant(Tensor.scalar(2f))));
        NodeModel leaky = NodeModel.contrib("QLinearLeakyRelu").with("alpha", 0.5f);
        Tensor x = bytes(DataType.INT8, Shape.of(3), -5, 0, 7);
        assertArrayEquals(
                new long[] {-2, 0, 7}, run(leaky.input(x).constant(one).absent().constant(one)));
    }

    @Test
    void meansAlongAxes() {
        Tensor x = bytes(DataType.INT8, Shape.of(2, 3), -128, 0, 127, 3, 4, 6);
        for (int keep = 0; keep < 2; keep++) {
            Tensor y = NodeModel.contrib("QLinearReduceMean")
                    .with("axes", new long[] {-1})
                    .with("keepdims", keep)
                    .input(x)
                    .constant(Tensor.scalar(0.5f))
                    .constant(zero(DataType.INT8, 1))
                    .constant(Tensor.scalar(0.25f))
                    .constant(zero(DataType.INT8, -7))
                    .run()
                    .getFirst();
            // means -1.333 and 3.333 of x - 1, times 2: -2.67, 6.67
            assertEquals(keep == 1 ? "int8[2,1]" : "int8[2]", y.toString());
            assertArrayEquals(new long[] {-10, 0}, y.toLongArray());
        }
    }

    @Test
    void softmaxKeepsToItsDefinition() {
        Tensor x = bytes(DataType.INT8, Shape.of(1, 2), 127, -128);
        NodeModel whole = NodeModel.contrib("QLinearSoftmax").with("opset", 13);
        assertArrayEquals(
                new long[] {127, -128}, // 256 steps above -128 are one too many
                run(whole.input(x)
                        .constant(Tensor.scalar(1f))
                        .constant(zero(DataType.INT8, 0))
                        .constant(Tensor.scalar(1 / 256f))
                        .constant(zero(DataType.INT8, -128))));
        NodeModel half = NodeModel.contrib("QLinearSoftmax").with("opset", 13);
        assertArrayEquals(
                new long[] {255, 0}, // 1 / (1 / 255) is 255, also where its float reciprocal is below
                run(half.input(bytes(DataType.UINT8, Shape.of(1, 2), 255, 0))
                        .constant(Tensor.scalar(1f))
                        .absent()
                        .constant(Tensor.scalar(1 / 255f))));
    }

    @Test
    void fewBitsInSixteenBitFloats() {
        // B(0) = (1, 2, ..., 16) - 8, B(1) = (3 - 1.5) twice each; 16 values of 4 bits
        int[] packed = {0x21, 0x43, 0x65, 0x87, 0xa9, 0xcb, 0xed, 0x0f, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33};
        float[] ones = new float[16];
        Arrays.fill(ones, 1);
        Tensor y = NodeModel.contrib("MatMulNBits")
                .with("K", 16)
                .with("N", 2)
                .with("bits", 4)
                .with("block_size", 16)
                .with("accuracy_level", 4)
                .input(halves(ones).reshape(Shape.of(1, 16)))
                .constant(bytes(DataType.UINT8, Shape.of(2, 1, 8), packed))
                .constant(halves(2, 1).reshape(Shape.of(2, 1)))
                .constant(halves(8, 1.5f).reshape(Shape.of(2, 1)))
                .absent()
                .constant(halves(0, 100))
                .run()
                .getFirst();
        assertEquals("float16[1,2]", y.toString());
        // 1 + .. + 15 + 0 = 120, less 16 * 8 = -8, times 2; 16 * 1.5 + 100
        assertArrayEquals(new float[] {-16, 124}, y.toFloatArray());
        Tensor z = NodeModel.contrib("MatMulIntegerToFloat")
                .input(u8(1, 2).reshape(Shape.of(1, 2)))
                .constant(u8(3, 4).reshape(Shape.of(2, 1)))
                .constant(scalarHalf(0.5f))
                .constant(scalarHalf(0.25f))
                .run()
                .getFirst();
        assertEquals("float16[1,1]", z.toString());
        assertArrayEquals(new float[] {1.375f}, z.toFloatArray());
    }

    @Test
    void eightBitsWithFloatingZeroPointsAndGroups() {
        int[] packed = new int[32];
        for (int i = 0; i < 32; i++) {
            packed[i] = 200 + i;
        }
        float[] row = new float[32];
        row[0] = 1;
        row[31] = 10;
        int[] groups = new int[32];
        groups[0] = 1; // the rest is in block 0
        Tensor y = NodeModel.contrib("MatMulNBits")
                .with("K", 32)
                .with("N", 1)
                .with("bits", 8)
                .with("block_size", 16)
                .input(Tensor.of(row, 32))
                .constant(bytes(DataType.UINT8, Shape.of(1, 2, 16), packed))
                .constant(Tensor.of(new float[] {1, 2}, 1, 2))
                .constant(Tensor.of(new float[] {0.5f, 100}, 1, 2))
                .constant(Tensor.of(groups))
                .run()
                .getFirst();
        assertEquals("float[1]", y.toString());
        assertArrayEquals(new float[] {(200 - 100) * 2 + 10 * (231 - 0.5f)}, y.toFloatArray());
    }

    @Test
    void refusesWhatItDoesNotDo() {
        Tensor x = u8(1, 2);
        Tensor one = Tensor.scalar(1f);
        Tensor two = Tensor.of(new float[] {1, 2});
        refused(
                NodeModel.contrib("QLinearSigmoid")
                        .input(x)
                        .constant(two)
                        .absent()
                        .constant(one),
                "input 1 has shape [2], expected one value: scales per axis are not defined");
        refused(
                NodeModel.contrib("QLinearMul")
                        .input(x)
                        .constant(one)
                        .absent()
                        .input(bytes(DataType.INT8, Shape.of(2), 1, 2))
                        .constant(one)
                        .absent()
                        .constant(one),
                "input 3 is int8, input 0 is uint8");
        NodeModel bits =
                NodeModel.contrib("MatMulNBits").with("K", 16).with("N", 1).with("block_size", 16);
        refused(bits.with("bits", 3).input(x).constant(x).constant(one), "bits is 3, expected 2, 4 or 8");
        refused(bits.with("bits", 4).with("weight_prepacked", 1), "weight_prepacked is 1");
        refused(
                NodeModel.contrib("QGemm")
                        .input(x)
                        .constant(one)
                        .constant(zero(DataType.UINT8, 0))
                        .constant(x)
                        .constant(one)
                        .constant(zero(DataType.UINT8, 0))
                        .absent()
                        .constant(one),
                "y_scale and y_zero_point must be given together");
        refused(
                NodeModel.contrib("MatMulIntegerToFloat")
                        .input(x)
                        .constant(x)
                        .constant(two)
                        .constant(one),
                "A per row is not supported");
        refused(
                NodeModel.contrib("QAttention")
                        .with("num_heads", 1)
                        .with("do_rotary", 1)
                        .input(x)
                        .constant(x)
                        .constant(two)
                        .constant(one)
                        .constant(one),
                "attribute 'do_rotary' is not supported");
        refused(
                NodeModel.contrib("QLinearConcat")
                        .with("axis", 0)
                        .constant(one)
                        .constant(zero(DataType.UINT8, 0))
                        .input(x)
                        .constant(one),
                "expected 5 to");
        refused(
                NodeModel.contrib("QLinearAveragePool")
                        .input(x)
                        .constant(one)
                        .absent()
                        .constant(one),
                "required attribute 'kernel_shape' is missing");
    }
}
