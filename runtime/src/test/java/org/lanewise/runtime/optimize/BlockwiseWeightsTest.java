package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link BlockwiseWeights}: products with weights in blocks, on their bits and as they are written. */
class BlockwiseWeightsTest {
    private static final int K = 40;
    private static final int N = 37;
    private static final double ROUNDING = 1e-4;

    private QdqBuilder b = new QdqBuilder();

    private Tensor integers(DataType type, int... dims) {
        byte[] values = new byte[Shape.of(dims).size()];
        int span = type.bits() == 4 ? 16 : 256;
        int least = type == DataType.INT4 || type == DataType.INT8 ? -span / 2 : 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i * 37 % span + least);
        }
        return Tensor.wrap(type, Shape.of(dims), values, 0);
    }

    private String weights(DataType type, boolean transposed, boolean zeros, int size, int axis) {
        int[] dims = transposed ? new int[] {N, K} : new int[] {K, N};
        int[] parameters = dims.clone();
        parameters[axis] = Math.ceilDiv(dims[axis], size);
        float[] scales = new float[parameters[0] * parameters[1]];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (0.1f + 0.01f * (i % 11)) / (1 << type.bits());
        }
        String[] inputs = zeros
                ? new String[] {
                    b.g.constant(integers(type, dims)),
                    b.g.constant(Tensor.of(scales, parameters)),
                    b.g.constant(integers(type, parameters))
                }
                : new String[] {b.g.constant(integers(type, dims)), b.g.constant(Tensor.of(scales, parameters))};
        Map<String, Attribute> attributes = and(integer("axis", axis), integer("block_size", size));
        return b.node("DequantizeLinear", attributes, inputs);
    }

    @ParameterizedTest
    @CsvSource({"INT4, true", "INT4, false", "UINT4, true", "UINT4, false", "INT8, true", "INT8, false", "UINT8, true"})
    void staysInItsBits(DataType type, boolean zeros) {
        for (int rows : new int[] {1, 5}) {
            b = new QdqBuilder();
            b.input("x", rows, K);
            String product = b.node("MatMul", "x", weights(type, false, zeros, 16, 0));
            Rewritten result = QdqBuilder.check(b.build(product), ROUNDING, Map.of("x", b.noise(rows, K)));
            assertEquals(1, result.count("com.microsoft.MatMulNBits"));
            assertEquals(0, result.count("DequantizeLinear"));
        }
    }

    @Test
    void gemmWithABias() {
        b.input("x", 3, K);
        float[] bias = new float[N];
        for (int i = 0; i < N; i++) {
            bias[i] = i - 5f;
        }
        String product = b.node(
                "Gemm",
                integer("transB", 1),
                "x",
                weights(DataType.UINT4, true, true, 32, 1),
                b.g.constant(Tensor.of(bias)));
        Rewritten result = QdqBuilder.check(b.build(product), ROUNDING, Map.of("x", b.noise(3, K)));
        assertEquals(1, result.count("com.microsoft.MatMulNBits"));
    }

    @Test
    void saysWhyNot() {
        b.input("x", 3, K);
        String across = b.node("MatMul", "x", weights(DataType.INT8, false, true, 16, 1));
        String short8 = b.node("MatMul", "x", weights(DataType.INT8, false, true, 8, 0));
        assertEquals(
                List.of(
                        "its weights have blocks along their columns",
                        "its blocks have 8 weights, expected a power of two from 16 on"),
                QdqBuilder.refusals(b.build(across, short8), "blockwise-weights"));
    }
}
