package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.model.Hessian;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.tensor.Tensor;

class WeightOnlyQuantizationTest {
    private static final WeightOnlyOptions NEAREST = WeightOnlyOptions.DEFAULT;

    private static Model product(int k, int n, boolean transposed) {
        Random random = new Random(2);
        return new Models(17)
                .constant(
                        "w",
                        transposed
                                ? Tensor.of(Models.gaussian(random, k * n, 1), n, k)
                                : Tensor.of(Models.gaussian(random, k * n, 1), k, n))
                .constant("b", Tensor.of(Models.gaussian(random, n, 1)))
                .node("Gemm", "y", Map.of("transB", new Attribute.IntValue(transposed ? 1 : 0)), "x", "w", "b")
                .build(new long[] {-1, k}, 2);
    }

    private static Model quantize(Model model, CalibrationData data, WeightOnlyOptions options) {
        return WeightOnlyQuantization.apply(model, data, options, Models.ONE_THREAD, ProgressListener.NONE)
                .model();
    }

    @ParameterizedTest
    @CsvSource({"4, 20", "8, 44"})
    void allFormsComputeTheSame(int bits, double least) {
        // 40 is no multiple of the block, so that the last one is cut off
        for (boolean transposed : new boolean[] {false, true}) {
            Model model = product(40, 5, transposed);
            List<Map<String, Tensor>> samples = Models.samples(3, 4, 3, 40);
            CalibrationData data = CalibrationData.of(samples);
            for (boolean symmetric : new boolean[] {false, true}) {
                WeightOnlyOptions options =
                        NEAREST.withBits(bits).withBlockSize(16).withSymmetric(symmetric);
                Model packed = quantize(model, data, options);
                Model blocked = quantize(model, data, options.withFormat(WeightOnlyOptions.Format.DEQUANTIZE_LINEAR));
                assertTrue(Models.operators(packed).contains("MatMulNBits"));
                assertEquals(List.of("DequantizeLinear", "Gemm"), Models.operators(blocked));
                assertTrue(Models.sqnr(packed, blocked, samples) > 100, "the forms differ");
                double sqnr = Models.sqnr(model, blocked, samples);
                assertTrue(sqnr > least - 3, bits + " bits: " + sqnr);
                Model read = ModelFormat.forFile("q.onnx").read(OnnxWriter.toBytes(blocked));
                Tensor x = samples.getFirst().get("x");
                assertArrayEquals(Models.run(blocked, x), Models.run(read, x));
            }
        }
    }

    /** Column (0, 1, ..., 15): scale 1, zero point 0, two values a byte, the first in the low half. */
    @Test
    void layoutOfMatMulNBits() {
        float[] w = new float[16];
        for (int i = 0; i < 16; i++) {
            w[i] = i;
        }
        BlockWeights blocks = BlockWeights.of(w, 16, 1, NEAREST.withBlockSize(16), null);
        assertArrayEquals(new float[] {1}, blocks.scales());
        assertArrayEquals(
                new byte[] {0x10, 0x32, 0x54, 0x76, (byte) 0x98, (byte) 0xBA, (byte) 0xDC, (byte) 0xFE},
                blocks.packed());
        assertArrayEquals(new byte[] {0}, blocks.packedZeros());
    }

    /** For inputs that go together, GPTQ lets one weight make up for another. */
    @Test
    void gptqIsBetterThanRoundingWhereInputsAreCorrelated() {
        Model model = product(64, 16, false);
        Random random = new Random(8);
        float[] mix = Models.gaussian(random, 8 * 64, 1);
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int s = 0; s < 24; s++) {
            float[] x = Models.gaussian(random, 16 * 64, 0.1);
            for (int row = 0; row < 16; row++) {
                for (int f = 0; f < 8; f++) {
                    double factor = random.nextGaussian();
                    for (int i = 0; i < 64; i++) {
                        x[row * 64 + i] += (float) (factor * mix[f * 64 + i]);
                    }
                }
            }
            samples.add(Map.of("x", Tensor.of(x, 16, 64)));
        }
        CalibrationData data = CalibrationData.of(samples.subList(0, 16));
        List<Map<String, Tensor>> other = samples.subList(16, 24);
        WeightOnlyOptions options = NEAREST.withFormat(WeightOnlyOptions.Format.DEQUANTIZE_LINEAR);
        double nearest = Models.sqnr(model, quantize(model, data, options), other);
        double gptq =
                Models.sqnr(model, quantize(model, data, options.withRounding(WeightOnlyOptions.Rounding.GPTQ)), other);
        assertTrue(gptq > nearest + 5, "nearest " + nearest + ", gptq " + gptq);
    }

    @Test
    void gptqNeedsData() {
        Exception e = assertThrows(
                QuantizationException.class,
                () -> WeightOnlyQuantization.apply(
                        product(16, 2, false),
                        null,
                        NEAREST.withRounding(WeightOnlyOptions.Rounding.GPTQ),
                        Models.ONE_THREAD,
                        ProgressListener.NONE));
        assertEquals("GPTQ needs calibration data: give real inputs", e.getMessage());
    }

    /** {@code U^T U} times {@code X^T X} plus damping is the identity. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 8, 9, 27})
    void theFactorOfTheInverse(int k) {
        Random random = new Random(1);
        float[] x = Models.gaussian(random, 21 * k, 1);
        Hessian hessian = new Hessian(k);
        hessian.add(Tensor.of(x, 21, k));
        double[] u = hessian.inverseFactor(Hessian.DAMPING);
        double[][] h = new double[k][k];
        double mean = 0;
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                for (int row = 0; row < 21; row++) {
                    h[i][j] += (double) x[row * k + i] * x[row * k + j];
                }
            }
            mean += h[i][i] / k;
        }
        for (int i = 0; i < k; i++) {
            h[i][i] += 0.01 * mean;
        }
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                double sum = 0;
                for (int m = 0; m < k; m++) {
                    for (int l = 0; l < k; l++) {
                        sum += u[m * k + i] * u[m * k + l] * h[l][j];
                    }
                }
                assertEquals(i == j ? 1 : 0, sum, 1e-9);
            }
        }
    }
}
