package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.WeightOnlyOptions;
import org.lanewise.quantization.WeightOnlyQuantization;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.RunBinding;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.DecoderGraph.Form;

/** A whole decoder, token by token with a cache: a trained one says what a computation in float64 says, and any gives the same as all tokens at once. */
class DecoderTest {
    private static final String STORIES = "models/stories260k/";
    private static final int START = 1;
    private static final int TOKENS = 120;
    private static final SessionOptions OPTIONS = SessionOptions.DEFAULT.withThreads(1);

    /** The logits of one token after another. */
    private interface Steps {
        float[] next(int token);
    }

    /** Past and present are one buffer, of all positions. */
    private static Steps buffered(Session session, DecoderWeights weights) {
        long[] id = new long[1];
        long[] position = new long[1];
        int[] length = new int[1];
        int[] total = new int[1];
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("ids", Tensor.of(id, 1, 1));
        inputs.put("positions", Tensor.of(position, 1, 1));
        inputs.put("seqlens_k", Tensor.of(length, 1));
        inputs.put("total", Tensor.of(total, 1));
        Map<String, Tensor> outputs = new HashMap<>();
        for (int i = 0; i < weights.layers().size(); i++) {
            for (String kind : new String[] {"_key.", "_value."}) {
                Tensor buffer = past(weights, weights.positions());
                inputs.put("past" + kind + i, buffer);
                outputs.put("present" + kind + i, buffer);
            }
        }
        RunBinding binding = session.bind(inputs, outputs);
        return token -> {
            id[0] = token;
            position[0] = total[0];
            length[0] = total[0]++;
            binding.run();
            return binding.output("logits").toFloatArray();
        };
    }

    /** The present of a step is the past of the next. */
    private static Steps growing(Session session, DecoderWeights weights) {
        Map<String, Tensor> cache = new LinkedHashMap<>();
        return token -> {
            int position = cache.isEmpty()
                    ? 0
                    : cache.values().iterator().next().shape().dim(2);
            Map<String, Tensor> inputs = inputs(session, weights, position, token);
            cache.forEach((name, value) -> inputs.put(name.replace("present", "past"), value));
            Map<String, Tensor> outputs = session.run(inputs);
            outputs.forEach((name, value) -> {
                if (name.startsWith("present")) {
                    cache.put(name, value);
                }
            });
            return outputs.get("logits").toFloatArray();
        };
    }

    /** Inputs for {@code tokens} that begin at {@code position}, with an empty past. */
    private static Map<String, Tensor> inputs(Session session, DecoderWeights weights, int position, int... tokens) {
        long[] positions = new long[tokens.length];
        Arrays.setAll(positions, i -> position + i);
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("ids", Tensor.of(Arrays.stream(tokens).asLongStream().toArray(), 1, tokens.length));
        inputs.put("positions", Tensor.of(positions, 1, tokens.length));
        int total = position + tokens.length;
        if (session.inputs().stream().anyMatch(input -> input.name().equals("total"))) {
            inputs.put("total", Tensor.of(new int[] {total}, 1));
            inputs.put("seqlens_k", Tensor.of(new int[] {total - 1}, 1));
        }
        for (int i = 0; i < weights.layers().size(); i++) {
            inputs.put("past_key." + i, past(weights, 0));
            inputs.put("past_value." + i, past(weights, 0));
        }
        return inputs;
    }

    private static Tensor past(DecoderWeights weights, int rows) {
        return Tensor.allocate(DataType.FLOAT, Shape.of(1, weights.keyHeads(), rows, weights.size()));
    }

    private static int best(float[] logits, int from, int count) {
        int best = from;
        for (int i = from; i < from + count; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best - from;
    }

    private static int[] greedy(Steps steps, int count) {
        int[] tokens = new int[count];
        int token = START;
        for (int i = 0; i < count; i++) {
            float[] logits = steps.next(token);
            token = best(logits, 0, logits.length);
            tokens[i] = token;
        }
        return tokens;
    }

    private static DecoderWeights stories() throws IOException {
        return DecoderWeights.read(SharedFolder.require(STORIES + "checkpoint_legacy.bin"));
    }

    private static Session open(Model model) {
        return Session.open(OnnxWriter.toBytes(model), OPTIONS);
    }

    private static void assertText(int[] tokens) throws IOException {
        Path folder = SharedFolder.require(STORIES);
        String expected = Files.readString(folder.resolve("greedy.txt"));
        byte[] text = DecoderWeights.text(folder.resolve("tokenizer.bin"), tokens);
        assertEquals(expected.strip(), new String(text, StandardCharsets.UTF_8).strip());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void tellsTheStory(Form form) throws IOException {
        DecoderWeights weights = stories();
        try (Session session = open(DecoderGraph.of(weights, form))) {
            assertText(greedy(growing(session, weights), TOKENS));
            if (form.isContrib()) {
                assertText(greedy(buffered(session, weights), TOKENS));
            }
        }
    }

    /** Of the tokens of the story that are next after those before, so many are also the quantized model's choice. */
    @ParameterizedTest
    @CsvSource({"8, 120", "4, 100"})
    void tellsTheStoryWithSmallWeights(int bits, int least) throws IOException {
        DecoderWeights weights = stories();
        for (Form form : Form.values()) {
            Model model = DecoderGraph.of(weights, form);
            Model small = WeightOnlyQuantization.apply(
                            model, null, WeightOnlyOptions.DEFAULT.withBits(bits), OPTIONS, ProgressListener.NONE)
                    .model();
            long quantized = small.graph().nodes().stream()
                    .filter(node -> node.opType().equals("MatMulNBits"))
                    .count();
            assertEquals(7 * weights.layers().size() + 1, quantized);
            try (Session whole = open(model);
                    Session session = open(small)) {
                int[] tokens = greedy(growing(whole, weights), TOKENS);
                Steps steps = form.isContrib() ? buffered(session, weights) : growing(session, weights);
                int agree = 0;
                int token = START;
                for (int expected : tokens) {
                    float[] logits = steps.next(token);
                    agree += best(logits, 0, logits.length) == expected ? 1 : 0;
                    token = expected;
                }
                assertTrue(agree >= least, form + " with " + bits + " bits: " + agree + " of " + TOKENS);
                if (agree == TOKENS) {
                    assertText(greedy(growing(session, weights), TOKENS));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCacheChangesNothing(Form form) {
        for (long seed = 0; seed < 4; seed++) {
            DecoderWeights weights = DecoderWeights.random(seed);
            Model model = DecoderGraph.of(weights, form);
            int[] tokens =
                    new java.util.Random(seed).ints(20, 0, weights.vocabulary()).toArray();
            for (SessionOptions options : new SessionOptions[] {OPTIONS, OPTIONS.raw(), OPTIONS.withThreads(2)}) {
                try (Session session = Session.open(model, options)) {
                    float[] all = session.run(inputs(session, weights, 0, tokens))
                            .get("logits")
                            .toFloatArray();
                    check(growing(session, weights), tokens, all);
                    if (form.isContrib()) {
                        check(buffered(session, weights), tokens, all);
                    }
                }
            }
        }
    }

    private static void check(Steps steps, int[] tokens, float[] all) {
        int width = all.length / tokens.length;
        for (int i = 0; i < tokens.length; i++) {
            assertArrayEquals(Arrays.copyOfRange(all, i * width, (i + 1) * width), steps.next(tokens[i]), 2e-5f);
        }
    }

    /** The forms are one model. */
    @Test
    void allFormsSayTheSame() {
        DecoderWeights weights = DecoderWeights.random(9);
        int[] tokens = {3, 1, 4, 1, 5, 9, 2, 6};
        float[] first = null;
        for (Form form : Form.values()) {
            try (Session session = open(DecoderGraph.of(weights, form))) {
                float[] logits = session.run(inputs(session, weights, 0, tokens))
                        .get("logits")
                        .toFloatArray();
                first = first == null ? logits : first;
                assertArrayEquals(first, logits, 2e-5f);
            }
        }
    }
}
