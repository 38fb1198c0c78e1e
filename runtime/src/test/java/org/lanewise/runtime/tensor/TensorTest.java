package org.lanewise.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    @Test
    void viewsShareTheArray() {
        FloatTensor tensor = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
        FloatTensor row = tensor.slice(3, Shape.of(3));
        assertSame(tensor.array(), row.reshape(Shape.of(1, 3)).array());
        assertEquals(4, row.get(1));
        assertArrayEquals(new float[] {3, 4, 5}, row.copy().toFloatArray());
    }

    @Test
    void unsignedTypesReadUnsigned() {
        assertEquals(
                255,
                Tensor.wrap(DataType.UINT8, Shape.of(1), new byte[] {-1}, 0).getLong(0));
        assertEquals(
                65535,
                Tensor.wrap(DataType.UINT16, Shape.of(1), new short[] {-1}, 0).getDouble(0));
        assertEquals(
                4294967295.0,
                Tensor.wrap(DataType.UINT32, Shape.of(1), new int[] {-1}, 0).getDouble(0));
        assertEquals(
                0x1p64,
                Tensor.wrap(DataType.UINT64, Shape.of(1), new long[] {-1}, 0).getDouble(0));
    }

    @Test
    void sixteenBitFloatsReadAsTheirValues() {
        assertEquals(
                1.5,
                Tensor.wrap(DataType.FLOAT16, Shape.of(1), new short[] {0x3e00}, 0)
                        .getDouble(0));
        assertEquals(
                -2,
                Tensor.wrap(DataType.BFLOAT16, Shape.of(1), new short[] {(short) 0xc000}, 0)
                        .getDouble(0));
    }

    @Test
    void saysWhatDoesNotFit() {
        Exception wrongSize = assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[3], 2, 2));
        assertEquals("shape [2,2] needs 4 values, got 3", wrongSize.getMessage());
        Exception wrongShape = assertThrows(
                IllegalArgumentException.class,
                () -> Tensor.of(new float[4], 2, 2).reshape(Shape.of(3)));
        assertEquals("cannot reshape float[2,2] to [3]", wrongShape.getMessage());
        Exception wrongArray = assertThrows(
                IllegalArgumentException.class, () -> Tensor.wrap(DataType.FLOAT, Shape.of(1), new int[1], 0));
        assertEquals("FLOAT is not stored as INT", wrongArray.getMessage());
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyTypeIsAllocatedAndFoundByItsCode(DataType type) {
        assertSame(type, DataType.ofCode(type.code()));
        assertEquals(6, Tensor.allocate(type, Shape.of(2, 3)).size());
    }
}
