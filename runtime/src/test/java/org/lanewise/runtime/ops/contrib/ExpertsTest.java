package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Mixtures of experts: fp32 and fp16 against plain loops, weights of few bits against the fp32 operator on what they stand for. */
class ExpertsTest {
    private static final String[] FUNCTIONS = {"relu", "gelu", "silu", "swiglu", "identity"};

    private Random random = new Random(1);

    private float[] values(int count, float scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat(-scale, scale);
        }
        return values;
    }

    /** Values rounded to {@code type}, which are given in it. */
    private static Tensor as(float[] values, DataType type, int... shape) {
        Tensor rounded = PlainDecoder.as(Tensor.of(values, shape), type);
        System.arraycopy(rounded.toFloatArray(), 0, values, 0, values.length);
        return rounded;
    }

    @Property(tries = 200)
    void agreesWithPlainLoops(@ForAll long seed, @ForAll boolean normalize, @ForAll boolean halves) {
        random = new Random(seed);
        int experts = 1 + random.nextInt(5);
        int k = 1 + random.nextInt(experts);
        int hidden = 1 + random.nextInt(20);
        int inner = 1 + random.nextInt(20);
        int rows = 1 + random.nextInt(6);
        int function = random.nextInt(5);
        int fused = function == 3 ? 2 : 1;
        float[] x = values(rows * hidden, 1);
        float[] router = values(rows * experts, 3);
        float[] first = values(experts * fused * inner * hidden, 0.5f);
        float[] firstBias = values(experts * fused * inner, 1);
        float[] second = values(experts * hidden * inner, 0.5f);
        float[] secondBias = values(experts * hidden, 1);
        DataType type = halves ? DataType.FLOAT16 : DataType.FLOAT;
        Tensor y = NodeModel.contrib("MoE")
                .with("k", k)
                .with("activation_type", FUNCTIONS[function])
                .with("normalize_routing_weights", normalize ? 1 : 0)
                .with("swiglu_fusion", fused - 1)
                .with("swiglu_limit", 0.8f)
                .with("activation_alpha", 1.5f)
                .with("activation_beta", 0.5f)
                .threads(1 + random.nextInt(2))
                .input(as(x, type, rows, hidden))
                .input(as(router, type, rows, experts))
                .constant(as(first, type, experts, fused * inner, hidden))
                .constant(as(firstBias, type, experts, fused * inner))
                .constant(as(second, type, experts, hidden, inner))
                .constant(as(secondBias, type, experts, hidden))
                .run()
                .getFirst();
        for (int row = 0; row < rows; row++) {
            double[] share = shares(router, row * experts, experts, k, normalize);
            double[] expected = new double[hidden];
            for (int e = 0; e < experts; e++) {
                double[] wide = new double[fused * inner];
                for (int i = 0; i < wide.length; i++) {
                    wide[i] = firstBias[e * wide.length + i];
                    for (int c = 0; c < hidden; c++) {
                        wide[i] += (double) x[row * hidden + c] * first[(e * wide.length + i) * hidden + c];
                    }
                }
                for (int c = 0; c < hidden; c++) {
                    expected[c] += share[e] * secondBias[e * hidden + c];
                }
                for (int i = 0; i < inner; i++) {
                    double value = apply(function, wide, i);
                    for (int c = 0; c < hidden; c++) {
                        expected[c] += share[e] * value * second[(e * hidden + c) * inner + i];
                    }
                }
            }
            for (int c = 0; c < hidden; c++) {
                double rounding = halves ? Math.abs(expected[c]) / 2048 : 0; // of y
                assertEquals(expected[c], y.getDouble(row * hidden + c), 1e-4 + rounding);
            }
        }
    }

    private static double[] shares(float[] router, int at, int experts, int k, boolean normalize) {
        double[] share = new double[experts];
        double all = 0;
        double chosen = 0;
        for (int e = 0; e < experts; e++) {
            all += Math.exp(router[at + e]);
            int better = 0;
            for (int other = 0; other < experts; other++) {
                float above = router[at + other] - router[at + e];
                better += above > 0 || above == 0 && other > e ? 1 : 0; // of equal ones the last
            }
            share[e] = better < k ? Math.exp(router[at + e]) : 0;
            chosen += share[e];
        }
        for (int e = 0; e < experts; e++) {
            share[e] /= normalize ? chosen : all;
        }
        return share;
    }

    private static double apply(int function, double[] x, int i) {
        return switch (function) {
            case 0 -> Math.max(0, x[i]);
            case 1 -> 0.5 * x[i] * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
            case 2 -> x[i] / (1 + Math.exp(-x[i]));
            case 3 -> {
                double g = Math.min(x[2 * i], 0.8);
                yield g / (1 + Math.exp(-1.5 * g)) * (Math.clamp(x[2 * i + 1], -0.8, 0.8) + 0.5);
            }
            default -> x[i];
        };
    }

    /** Rows and blocks of 2, 4 and 8 bits, with zero points and without. */
    @Property(tries = 100)
    void fewBitsAreWhatTheyStandFor(@ForAll long seed, @ForAll boolean blocked, @ForAll boolean withZeros) {
        random = new Random(seed);
        int bits = 2 << random.nextInt(3);
        int perByte = 8 / bits;
        int block = blocked ? 16 << random.nextInt(2) : 0;
        int unit = blocked ? block * perByte : 8;
        int hidden = unit * (1 + random.nextInt(2));
        int inner = unit * (1 + random.nextInt(2));
        Matrix first = new Matrix(2, inner, hidden, bits, block, withZeros);
        Matrix second = new Matrix(2, hidden, inner, bits, block, withZeros);
        Tensor x = Tensor.of(values(3 * hidden, 1), 1, 3, hidden);
        Tensor router = Tensor.of(values(6, 3), 3, 2);
        Tensor bias = Tensor.of(values(2 * hidden, 1), 2, hidden);
        NodeModel few = NodeModel.contrib("QMoE")
                .with("k", 2)
                .with("expert_weight_bits", bits)
                .with("block_size", block)
                .input(x)
                .input(router)
                .constant(first.bytes)
                .constant(first.scales)
                .absent()
                .constant(second.bytes)
                .constant(second.scales)
                .constant(bias);
        if (withZeros) {
            few.absent().absent().absent().constant(first.zeros).constant(second.zeros);
        }
        NodeModel floats = NodeModel.contrib("MoE")
                .with("k", 2)
                .with("normalize_routing_weights", 1)
                .input(x)
                .input(router)
                .constant(first.floats)
                .absent()
                .constant(second.floats)
                .constant(bias);
        float[] expected = floats.run().getFirst().toFloatArray();
        float largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(expected, few.run().getFirst().toFloatArray(), 1e-5f * largest);
    }

    /** Weights (experts, n, k) in bits and in fp32. */
    private final class Matrix {
        final Tensor bytes;
        final Tensor scales;
        final Tensor zeros;
        final Tensor floats;

        Matrix(int experts, int n, int k, int bits, int block, boolean withZeros) {
            int perByte = 8 / bits;
            int blocks = block == 0 ? 1 : k / block;
            byte[] packed = new byte[experts * n * k / perByte];
            random.nextBytes(packed);
            float[] scale = values(experts * n * blocks, 0.2f / (1 << bits));
            byte[] zero = new byte[experts * n * blocks / perByte];
            random.nextBytes(zero);
            float[] values = new float[experts * n * k];
            for (int i = 0; i < values.length; i++) {
                int parameter = i / k * blocks + (block == 0 ? 0 : i % k / block);
                int z = withZeros ? element(zero, parameter, bits) : 1 << bits - 1;
                values[i] = (element(packed, i, bits) - z) * scale[parameter];
            }
            bytes = Tensor.wrap(DataType.UINT8, Shape.of(experts, n, k / perByte), packed, 0);
            scales = block == 0 ? Tensor.of(scale, experts, n) : Tensor.of(scale, experts, n, blocks);
            zeros = Tensor.wrap(DataType.UINT8, Shape.of(zero.length), zero, 0);
            floats = Tensor.of(values, experts, n, k);
        }
    }

    private static int element(byte[] packed, int i, int bits) {
        int perByte = 8 / bits;
        return packed[i / perByte] >> i % perByte * bits & (1 << bits) - 1;
    }

    private static void fails(String expected, NodeModel model, int hidden) {
        NodeModel fed = model.input(Tensor.of(new float[2 * hidden], 2, hidden))
                .input(Tensor.of(new float[6], 2, 3))
                .input(Tensor.of(new float[3 * 8 * 4], 3, 8, 4))
                .absent()
                .input(Tensor.of(new float[3 * 4 * 8], 3, 4, 8));
        String message = assertThrows(InferenceException.class, fed::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static void refused(String expected, NodeModel model, int rank) {
        Tensor bytes = Tensor.wrap(DataType.UINT8, Shape.of(2, 4, 2), new byte[16], 0);
        NodeModel fed = model.input(Tensor.of(new float[8], 2, 4))
                .input(Tensor.of(new float[4], 2, 2))
                .input(bytes)
                .input(Tensor.of(new float[rank == 1 ? 16 : 8], 2, rank == 1 ? 8 : 4))
                .absent()
                .input(bytes)
                .input(Tensor.of(new float[8], 2, 4));
        String message = assertThrows(InferenceException.class, fed::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void saysWhatIsWrong() {
        NodeModel four = NodeModel.contrib("MoE").with("k", 4);
        fails("expected [2,experts] with at least 4", four, 4);
        fails("expected 4 columns", NodeModel.contrib("MoE"), 5);
        fails("activation_type is tanh", NodeModel.contrib("MoE").with("activation_type", "tanh"), 4);
        fails(
                "swiglu_fusion of 2",
                NodeModel.contrib("MoE").with("activation_type", "swiglu").with("swiglu_fusion", 2),
                4);
        fails("use_sparse_mixer", NodeModel.contrib("MoE").with("use_sparse_mixer", 1), 4);
        refused("quant_type is fp4", NodeModel.contrib("QMoE").with("quant_type", "fp4"), 2);
        refused("expert_weight_bits is 3", NodeModel.contrib("QMoE").with("expert_weight_bits", 3), 2);
        refused("weights_prepacked is 1", NodeModel.contrib("QMoE").with("weights_prepacked", 1), 2);
        refused("weights have shape [2,4,2] and scales [2,8]", NodeModel.contrib("QMoE"), 1);
    }
}
