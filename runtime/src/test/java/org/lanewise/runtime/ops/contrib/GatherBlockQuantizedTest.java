package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class GatherBlockQuantizedTest {
    private static NodeModel gather(int bits) {
        return NodeModel.contrib("GatherBlockQuantized").with("bits", bits).with("block_size", 16);
    }

    private static Tensor bytes(byte[] values, int... dims) {
        return Tensor.wrap(DataType.UINT8, Shape.of(dims), values, 0);
    }

    /** Two rows of 20 elements in blocks of 16, packed from the lowest bits. */
    @ParameterizedTest
    @CsvSource({"2, true", "2, false", "4, true", "4, false", "8, true", "8, false"})
    void rowsOfPackedBytes(int bits, boolean withZeros) {
        int perByte = 8 / bits;
        byte[] data = new byte[2 * 20 / perByte];
        byte[] zeros = new byte[2 * ((2 + perByte - 1) / perByte)];
        for (int i = 0; i < 40; i++) {
            data[i / perByte] |= (byte) (i * 7 % (1 << bits) << i % perByte * bits);
        }
        for (int i = 0; i < 4; i++) {
            zeros[i / 2 * (zeros.length / 2) + i % 2 / perByte] |= (byte) ((i + 1) % 4 << i % 2 % perByte * bits);
        }
        float[] scales = {1, 2, 3, 4};
        float[] expected = new float[60];
        for (int i = 0; i < 60; i++) {
            int row = i / 20 == 1 ? 0 : 1;
            int block = row * 2 + i % 20 / 16;
            int zero = withZeros ? (block + 1) % 4 : 1 << bits - 1;
            expected[i] = ((row * 20 + i % 20) * 7 % (1 << bits) - zero) * scales[block];
        }
        NodeModel model = gather(bits)
                .constant(bytes(data, 2, 20 / perByte))
                .input(Tensor.of(new long[] {1, 0, -1}, 3, 1))
                .constant(Tensor.of(scales, 2, 2));
        if (withZeros) {
            model.constant(bytes(zeros, 2, zeros.length / 2));
        }
        Tensor y = model.run().getFirst();
        assertEquals("float[3,1,20]", y.toString());
        assertArrayEquals(expected, y.toFloatArray());
    }

    /** Signed elements of 4 bits: any two axes, against plain loops. */
    @Property(tries = 200)
    void anyAxes(@ForAll long seed) {
        Random random = new Random(seed);
        int[] dims = {1 + random.nextInt(4), 1 + random.nextInt(20), 1 + random.nextInt(40)};
        int axis = random.nextInt(3);
        int blocks = random.nextInt(3);
        int[] count = dims.clone();
        count[blocks] = (dims[blocks] + 15) / 16;
        byte[] data = nibbles(random, Shape.of(dims).size());
        byte[] zeros = nibbles(random, Shape.of(count).size());
        float[] scales = new float[zeros.length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 1 + random.nextInt(9);
        }
        int[] index = {random.nextInt(dims[axis]), random.nextInt(dims[axis]) - dims[axis]};
        int[] out = dims.clone();
        out[axis] = 2;
        float[] expected = new float[Shape.of(out).size()];
        for (int i = 0; i < expected.length; i++) {
            int[] at = {i / (out[1] * out[2]), i / out[2] % out[1], i % out[2]};
            at[axis] = Math.floorMod(index[at[axis]], dims[axis]);
            int element = (at[0] * dims[1] + at[1]) * dims[2] + at[2];
            at[blocks] /= 16;
            int parameter = (at[0] * count[1] + at[1]) * count[2] + at[2];
            expected[i] = (data[element] - zeros[parameter]) * scales[parameter];
        }
        Tensor y = gather(4)
                .with("gather_axis", axis - (random.nextBoolean() ? 3 : 0))
                .with("quantize_axis", blocks)
                .threads(1 + random.nextInt(2))
                .input(Tensor.wrap(DataType.INT4, Shape.of(dims), data, 0))
                .input(Tensor.of(index))
                .input(Tensor.of(scales, count))
                .input(Tensor.wrap(DataType.INT4, Shape.of(count), zeros, 0))
                .run()
                .getFirst();
        assertEquals(Shape.of(out), y.shape());
        assertArrayEquals(expected, y.toFloatArray());
    }

    private static byte[] nibbles(Random random, int count) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) (random.nextInt(16) - 8);
        }
        return values;
    }

    @Test
    void halfScalesGiveHalfValues() {
        short[] scale = {Float.floatToFloat16(0.1f)};
        byte[] data = new byte[16];
        Arrays.fill(data, (byte) 131);
        Tensor y = gather(8)
                .input(bytes(data, 1, 16))
                .input(Tensor.of(new int[] {0}))
                .input(Tensor.wrap(DataType.FLOAT16, Shape.of(1, 1), scale, 0))
                .run()
                .getFirst();
        assertEquals(DataType.FLOAT16, y.type());
        assertEquals(Float.float16ToFloat(Float.floatToFloat16(3 * Float.float16ToFloat(scale[0]))), y.getDouble(15));
    }

    private static void fails(String expected, NodeModel model, int index, int... scales) {
        NodeModel fed = model.input(bytes(new byte[16], 2, 8))
                .input(Tensor.of(new int[] {index}))
                .input(Tensor.of(new float[Shape.of(scales).size()], scales));
        String message = assertThrows(InferenceException.class, fed::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void saysWhatIsWrong() {
        fails("index 2 is outside", gather(4), 2, 2, 1);
        fails("scales have shape [2,2], expected [2,1] for [2,16]", gather(4), 0, 2, 2);
        fails("bits is 3", gather(3), 0, 2, 1);
        fails("block_size is 24", gather(4).with("block_size", 24), 0, 2, 1);
        fails("gather_axis is 1", gather(4).with("gather_axis", 1), 0, 2, 1);
    }
}
