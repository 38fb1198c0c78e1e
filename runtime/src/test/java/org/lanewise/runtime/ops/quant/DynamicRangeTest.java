package org.lanewise.runtime.ops.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Ranges of dynamic quantization, found by one thread and by several. */
class DynamicRangeTest {
    /** {@link DynamicRange} gives work to several threads from here on. */
    private static final int SHARED = 16 << 10;

    private static List<Tensor> quantize(Tensor x, int threads) {
        return NodeModel.of("DynamicQuantizeLinear", 11)
                .input(x)
                .outputs(3)
                .threads(threads)
                .run();
    }

    /** What the operator's definition says, value by value. */
    private static void check(float[] x, List<Tensor> outputs) {
        float low = 0;
        float high = 0;
        for (float value : x) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        float scale = low == high ? 1 : (high - low) / 255;
        int zero = (int) Math.clamp(Math.rint(-low / scale), 0.0, 255.0);
        assertEquals(scale, (float) outputs.get(1).scalarDouble());
        assertEquals(zero, outputs.get(2).scalarLong());
        long[] bytes = outputs.get(0).toLongArray();
        for (int i = 0; i < x.length; i++) {
            assertEquals(Math.clamp((long) Math.rint(x[i] / scale) + zero, 0, 255), bytes[i], "element " + i);
        }
    }

    /** Sizes around the least that is shared, and such that pieces have 0 to 3 elements more than whole vectors of any width. */
    @Property(tries = 40)
    void threadsFindTheSameRange(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int threads, @ForAll @IntRange(max = 140) int more) {
        Random random = new Random(seed);
        int size = (random.nextBoolean() ? SHARED : 2 * SHARED) - 70 + more;
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - (seed % 3 == 0 ? 0 : 0.5f);
        }
        int pieces = 2 * threads; // extremes where a piece begins or ends
        int piece = random.nextInt(pieces);
        int at = (int) ((long) size * piece / pieces);
        values[random.nextBoolean() ? at : (at + size - 1) % size] = 3;
        values[(int) ((long) size * (piece + 1) / pieces) - 1] = seed % 5 == 0 ? -0.0f : -7;
        FloatTensor x = Tensor.of(values, size);
        List<Tensor> one = quantize(x, 1);
        check(values, one);
        assertEquals(one.toString(), quantize(x, threads).toString());
        assertArrayEquals(
                one.getFirst().toLongArray(), quantize(x, threads).getFirst().toLongArray());
    }

    /** Not in the specification: an infinity makes the scale infinite and a NaN makes it NaN, whichever piece it is in; the zero point is then 0. */
    @ParameterizedTest
    @CsvSource({
        "NaN, NaN",
        "Infinity, Infinity",
        "-Infinity, Infinity",
        "3.4e38, Infinity",
    })
    void whatIsNoNumberIsFoundInAnyPiece(float value, float scale) {
        for (int size : new int[] {5, SHARED - 1, SHARED, SHARED + 3}) {
            for (int at : new int[] {0, size / 2, size / 4 * 3 - 1, size - 1}) {
                float[] values = new float[size];
                values[at == 0 ? 1 : 0] = -3.4e38f;
                values[at] = value;
                for (int threads = 1; threads <= 3; threads++) {
                    List<Tensor> outputs = quantize(Tensor.of(values, size), threads);
                    String what = value + " at " + at + " of " + size + " on " + threads + " threads";
                    assertEquals(scale, (float) outputs.get(1).scalarDouble(), what);
                    assertEquals(0, outputs.get(2).scalarLong(), what);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "16384, 0", "40000, -0.0"})
    void zerosHaveTheScaleOne(int size, float value) {
        float[] values = new float[size];
        java.util.Arrays.fill(values, value);
        check(values, quantize(Tensor.of(values, size), 3));
    }

    /** A bound run reads the values anew. */
    @ParameterizedTest
    @CsvSource({"7, 1", "40000, 3"})
    void aRepeatedRunFindsItsOwnRange(int size, int threads) {
        float[] values = new float[size];
        values[size - 1] = 4;
        List<Tensor> again = NodeModel.of("DynamicQuantizeLinear", 11)
                .input(Tensor.of(values, size))
                .outputs(3)
                .threads(threads)
                .runAgain(() -> values[1] = -1);
        check(values, again);
    }
}
