package org.lanewise.runtime.ops.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Products of bytes in bound runs: the second gives what a first run on the new values gives. */
class RepeatedProductsTest {
    private static final int K = 37;
    private static final int N = 21;

    private final Tensor weights = bytes(new Random(1), DataType.INT8, K, N);
    private final Tensor scales = Tensor.of(new float[] {0.25f});
    private final Tensor zero = bytes(new Random(2), DataType.UINT8, 1).reshape(Shape.scalar());

    private static ByteTensor bytes(Random random, DataType type, int... dims) {
        byte[] values = new byte[Shape.of(dims).size()];
        random.nextBytes(values);
        return new ByteTensor(type, Shape.of(dims), values, 0);
    }

    @Property(tries = 10)
    void dynamicQuantizeMatMul(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int rows, @ForAll boolean constant) {
        Random random = new Random(seed);
        FloatTensor a = (FloatTensor) Tensor.allocate(DataType.FLOAT, Shape.of(2, rows, K));
        Runnable change = () -> {
            float spread = 1 + 100 * random.nextFloat();
            for (int i = 0; i < a.size(); i++) {
                a.array()[i] = (float) random.nextGaussian(1, spread);
            }
        };
        change.run();
        compare(
                () -> weighted(NodeModel.contrib("DynamicQuantizeMatMul").input(a), constant)
                        .constant(scales),
                change);
    }

    @Property(tries = 10)
    void matMulInteger(@ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int rows, @ForAll boolean constant) {
        Random random = new Random(seed);
        ByteTensor a = bytes(random, DataType.UINT8, rows, K);
        compare(
                () -> weighted(NodeModel.of("MatMulInteger", 10).input(a), constant)
                        .constant(zero),
                () -> random.nextBytes(a.array()));
    }

    @Property(tries = 10)
    void matMulIntegerToFloat(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int rows, @ForAll boolean constant) {
        Random random = new Random(seed);
        ByteTensor a = bytes(random, DataType.UINT8, rows, K);
        for (boolean dynamicScale : new boolean[] {true, false}) {
            FloatTensor scale = (FloatTensor) Tensor.of(new float[] {0.5f}).reshape(Shape.scalar());
            Runnable change = () -> {
                random.nextBytes(a.array());
                scale.array()[0] = dynamicScale ? random.nextFloat() : 0.5f;
            };
            compare(
                    () -> {
                        NodeModel node = weighted(
                                NodeModel.contrib("MatMulIntegerToFloat").input(a), constant);
                        node = dynamicScale ? node.input(scale) : node.constant(scale);
                        return node.constant(scales).constant(zero);
                    },
                    change);
        }
    }

    private NodeModel weighted(NodeModel node, boolean constant) {
        return constant ? node.constant(weights) : node.input(weights);
    }

    @Property(tries = 10)
    void qLinearMatMul(@ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int rows, @ForAll boolean each) {
        Random random = new Random(seed);
        ByteTensor a = bytes(random, DataType.UINT8, rows, K);
        float[] rowScales = new float[each ? rows : 1];
        for (int i = 0; i < rowScales.length; i++) {
            rowScales[i] = 0.01f + random.nextFloat();
        }
        compare(
                () -> NodeModel.of("QLinearMatMul", 10)
                        .input(a)
                        .constant(Tensor.of(rowScales))
                        .constant(zero)
                        .constant(weights)
                        .constant(scales)
                        .constant(bytes(new Random(3), DataType.INT8, 1))
                        .constant(Tensor.of(new float[] {300}))
                        .constant(zero),
                () -> random.nextBytes(a.array()));
    }

    private static void compare(Supplier<NodeModel> model, Runnable change) {
        double[] repeated = values(model.get().runAgain(change).getFirst());
        assertArrayEquals(values(model.get().run().getFirst()), repeated);
    }

    private static double[] values(Tensor tensor) {
        return IntStream.range(0, tensor.size()).mapToDouble(tensor::getDouble).toArray();
    }
}
