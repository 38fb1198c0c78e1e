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
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.prune.Pruning;
import org.lanewise.quantization.prune.PruningMethod;
import org.lanewise.quantization.prune.PruningOptions;
import org.lanewise.quantization.prune.PruningResult;
import org.lanewise.quantization.prune.PruningScope;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/** What trained models lose by pruning, on examples that calibration did not see, with those that magnitude alone gets right beside it. */
class PrunedAccuracyTest {
    private static final SessionOptions ONE_THREAD = SessionOptions.DEFAULT.withThreads(1);

    /** Examples, the first of which calibrate. */
    private record Examples(float[] data, int[] labels, int[] dims, int calibrating) {
        Tensor sample(int i) {
            int size = data.length / labels.length;
            return Tensor.of(Arrays.copyOfRange(data, i * size, (i + 1) * size), dims);
        }

        Model prune(Model dense, PruningOptions options) {
            String input = dense.graph().inputs().getFirst().name();
            List<Map<String, OnnxValue>> samples = new ArrayList<>();
            for (int i = 0; i < calibrating; i++) {
                samples.add(Map.of(input, sample(i)));
            }
            PruningResult result =
                    Pruning.apply(dense, CalibrationData.of(samples), options, ONE_THREAD, ProgressListener.NONE);
            assertEquals(options.sparsity(), result.prunedSparsity(), 1e-4);
            assertTrue(result.sparsity() > 0.97 * options.sparsity(), "of all weights " + result.sparsity());
            return result.model();
        }

        /** The share, in percent, that the model gets right of those that did not calibrate. */
        double right(Model model) {
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
            return 100.0 * right / (labels.length - calibrating);
        }
    }

    private static Model read(Path file) {
        return ModelFormat.forFile("model.onnx").read(file);
    }

    @Test
    void digitsWithAFifthOfTheirWeights() throws IOException {
        Model dense = read(Zoo.find("digits").model());
        HeldOut digits = HeldOut.digits();
        Examples examples = new Examples(digits.data(), digits.labels(), new int[] {1, 1, 28, 28}, 100);
        PruningOptions options = PruningOptions.DEFAULT.withSparsity(0.8);
        double before = examples.right(dense);
        double after = examples.right(examples.prune(dense, options));
        double magnitude = examples.right(examples.prune(
                dense, options.withMethod(PruningMethod.MAGNITUDE).withScope(PruningScope.LAYER)));
        assertTrue(before - after <= 1, before + " % became " + after);
        assertTrue(after > magnitude + 3, after + " %, by magnitude " + magnitude);
    }

    private static Examples cifar() throws IOException {
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
        return new Examples(data, labels, new int[] {1, 32, 32, 3}, 500);
    }

    @Test
    void resnet8WithFourTenthsOfItsWeights() throws IOException {
        Model dense = read(SharedFolder.require("models/resnet8-cifar10-fp32/model.onnx"));
        Examples examples = cifar();
        PruningOptions options = PruningOptions.DEFAULT.withSparsity(0.6);
        double before = examples.right(dense);
        double after = examples.right(examples.prune(dense, options));
        double magnitude = examples.right(examples.prune(
                dense, options.withMethod(PruningMethod.MAGNITUDE).withScope(PruningScope.LAYER)));
        assertTrue(before - after <= 3, before + " % became " + after);
        assertTrue(after > magnitude + 30, after + " %, by magnitude " + magnitude);
    }
}
