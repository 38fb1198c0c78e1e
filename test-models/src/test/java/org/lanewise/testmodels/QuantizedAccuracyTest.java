package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.loaders.onnx.TestDataSet;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.CalibrationMethod;
import org.lanewise.quantization.DynamicQuantization;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.QuantizationResult;
import org.lanewise.quantization.QuantizedFormat;
import org.lanewise.quantization.StaticOptions;
import org.lanewise.quantization.StaticQuantization;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/** What trained models lose by quantization: at most 0.3 points of accuracy, on examples that calibration did not see. */
class QuantizedAccuracyTest {
    private static final SessionOptions ONE_THREAD = SessionOptions.DEFAULT.withThreads(1);
    private static final double MOST_LOST = 0.003;
    private static final double LEAST_COSINE = 0.99;

    /** Examples of a model, with the right classes, the first of which calibrate. */
    private record Examples(float[] data, int[] labels, int[] dims, int calibrating) {
        int size() {
            return data.length / labels.length;
        }

        Tensor sample(int i) {
            return Tensor.of(Arrays.copyOfRange(data, i * size(), (i + 1) * size()), dims);
        }

        CalibrationData calibration(String input) {
            List<Map<String, OnnxValue>> samples = new ArrayList<>();
            for (int i = 0; i < calibrating; i++) {
                samples.add(Map.of(input, sample(i)));
            }
            return CalibrationData.of(samples);
        }

        /** How many of those that did not calibrate the model gets right. */
        int right(Model model) {
            int right = 0;
            try (Session session = Session.open(model, ONE_THREAD)) {
                String input = session.inputs().getFirst().name();
                for (int i = calibrating; i < labels.length; i++) {
                    Tensor scores = session.run(Map.of(input, sample(i)))
                            .values()
                            .iterator()
                            .next();
                    right += HeldOut.largest(scores, 0, scores.size()) == labels[i] ? 1 : 0;
                }
            }
            return right;
        }

        void assertKept(Model fp32, Model quantized) {
            int before = right(fp32);
            int after = right(quantized);
            int count = labels.length - calibrating;
            assertTrue(before - after <= MOST_LOST * count, before + " of " + count + " became " + after);
        }
    }

    private static Examples digits(int... dims) throws IOException {
        HeldOut digits = HeldOut.digits();
        return new Examples(digits.data(), digits.labels(), dims, 100);
    }

    private static Model read(Path file) {
        return ModelFormat.forFile("model.onnx").read(file);
    }

    private static QuantizationResult quantize(Model model, Examples examples, StaticOptions options) {
        String input = model.graph().inputs().getFirst().name();
        return StaticQuantization.apply(model, examples.calibration(input), options, ONE_THREAD, ProgressListener.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void digits(CalibrationMethod method) throws IOException {
        Model fp32 = read(Zoo.find("digits").model());
        Examples examples = digits(1, 1, 28, 28);
        QuantizationResult result = quantize(fp32, examples, StaticOptions.DEFAULT.withMethod(method));
        examples.assertKept(fp32, result.model());
        assertEquals(4, result.quantized());
        assertTrue(result.bytesAfter() < 0.27 * result.bytesBefore());
    }

    @Test
    void digitsTransformer() throws IOException {
        Model fp32 = read(Zoo.find("digits-transformer").model());
        Examples examples = digits(1, 1, 28, 28);
        examples.assertKept(
                fp32, quantize(fp32, examples, StaticOptions.DEFAULT).model());
        examples.assertKept(fp32, DynamicQuantization.apply(fp32).model());
    }

    @Test
    void digitsLstm() throws IOException {
        Model fp32 = read(Zoo.find("digits-lstm").model());
        QuantizationResult result = DynamicQuantization.apply(fp32);
        digits(1, 28, 28).assertKept(fp32, result.model());
        assertTrue(result.bytesAfter() < 0.3 * result.bytesBefore());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void resnet8(boolean operators) throws IOException {
        Model fp32 = read(SharedFolder.require("models/resnet8-cifar10-fp32/model.onnx"));
        byte[] bytes = Files.readAllBytes(SharedFolder.require("data/cifar10-1000.bin"));
        int row = 1 + 32 * 32 * 3;
        int[] labels = new int[bytes.length / row];
        float[] data = new float[labels.length * (row - 1)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = bytes[i * row];
            for (int j = 1; j < row; j++) {
                data[i * (row - 1) + j - 1] = Byte.toUnsignedInt(bytes[i * row + j]);
            }
        }
        Examples examples = new Examples(data, labels, new int[] {1, 32, 32, 3}, 200);
        QuantizationResult result = quantize(
                fp32,
                examples,
                StaticOptions.DEFAULT.withFormat(operators ? QuantizedFormat.QOPERATOR : QuantizedFormat.QDQ));
        examples.assertKept(fp32, result.model());
        assertEquals(14, result.quantized());
        assertTrue(result.bytesAfter() < 0.27 * result.bytesBefore());
    }

    /** Token embeddings, and their mean as the embedding of a sentence, of the recorded texts: dynamic int8 points where fp32 does. */
    @Test
    void miniLmKeepsItsEmbeddings() throws IOException {
        Path recorded = SharedFolder.require("models/minilm-fp32");
        Model fp32 = read(Zoo.find("minilm-fp32").model());
        QuantizationResult result = DynamicQuantization.apply(fp32);
        assertTrue(result.bytesAfter() < 0.27 * result.bytesBefore());
        List<Path> sets = TestDataSet.folders(recorded);
        assertEquals(3, sets.size());
        try (Session before = Session.open(fp32, ONE_THREAD);
                Session after = Session.open(result.model(), ONE_THREAD)) {
            for (Path set : sets) {
                TestDataSet data = TestDataSet.read(set, fp32);
                Tensor expected = before.run(data.inputs()).values().iterator().next();
                Tensor got = after.run(data.inputs()).values().iterator().next();
                int width = expected.shape().dim(-1);
                double tokens = cosine(expected.toFloatArray(), got.toFloatArray());
                double sentence = cosine(mean(expected.toFloatArray(), width), mean(got.toFloatArray(), width));
                assertTrue(tokens >= LEAST_COSINE, set + ": tokens " + tokens);
                assertTrue(sentence >= LEAST_COSINE, set + ": sentence " + sentence);
            }
        }
    }

    private static float[] mean(float[] rows, int width) {
        float[] mean = new float[width];
        for (int i = 0; i < rows.length; i++) {
            mean[i % width] += rows[i] / (rows.length / width);
        }
        return mean;
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double aSquare = 0;
        double bSquare = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            aSquare += (double) a[i] * a[i];
            bSquare += (double) b[i] * b[i];
        }
        return product / Math.sqrt(aSquare * bSquare);
    }
}
