package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Quantized models run on bytes from end to end, and answer as the fp32 evaluation of what is written does. */
class QuantizedModelsTest {
    private static final SessionOptions FUSED = SessionOptions.DEFAULT.withThreads(1);
    private static final int IMAGE = 32 * 32 * 3;
    private static final int IMAGES = 1000;

    private static Map<String, Integer> operators(Session session) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Node node : session.graph().nodes()) {
            counts.merge(node.opType(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void mobileNetRunsOnBytes() {
        Path model = SharedFolder.require("models/mobilenet-v2-qdq/model.onnx");
        try (Session session = Session.open(model, FUSED)) {
            Map<String, Integer> counts = operators(session);
            assertEquals(17, counts.get("QConvChain"), "of three convolutions each");
            assertEquals(2, counts.get("QConv"), counts::toString);
            assertEquals(10, counts.get("QAdd"));
            assertEquals(2, counts.get("QuantizeLinear"), "the input and the probabilities");
            assertTrue(!counts.containsKey("Conv") && !counts.containsKey("Transpose"), counts::toString);
        }
    }

    @Test
    void resNetKeepsItsAccuracy() throws IOException {
        Path model = SharedFolder.require("models/resnet8-cifar10-qdq/model.onnx");
        byte[] data = Files.readAllBytes(SharedFolder.require("data/cifar10-1000.bin"));
        try (Session fused = Session.open(model, FUSED);
                Session written = Session.open(model, FUSED.withQuantizedFusion(false))) {
            assertEquals(9, operators(fused).get("QConv"));
            int fusedRight = 0;
            int writtenRight = 0;
            int agree = 0;
            for (int i = 0; i < IMAGES; i++) {
                int at = i * (IMAGE + 1);
                float[] pixels = new float[IMAGE];
                for (int j = 0; j < IMAGE; j++) {
                    pixels[j] = data[at + 1 + j] & 0xff;
                }
                Map<String, Tensor> input = Map.of("input", Tensor.of(pixels).reshape(shape()));
                int a = best(fused.run(input).get("output"));
                int b = best(written.run(input).get("output"));
                fusedRight += a == data[at] ? 1 : 0;
                writtenRight += b == data[at] ? 1 : 0;
                agree += a == b ? 1 : 0;
            }
            assertTrue(writtenRight > 750, "as written: " + writtenRight);
            assertTrue(fusedRight >= writtenRight - 2, fusedRight + " right, as written " + writtenRight);
            assertTrue(agree >= IMAGES - 5, agree + " answers agree");
        }
    }

    private static Shape shape() {
        return Shape.of(1, 32, 32, 3);
    }

    private static int best(Tensor probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.size(); i++) {
            best = probabilities.getDouble(i) > probabilities.getDouble(best) ? i : best;
        }
        return best;
    }
}
