package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.loaders.onnx.TestDataSet;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.check.Comparison;
import org.lanewise.testmodels.check.TestCase;
import org.lanewise.testmodels.check.TestSuite;
import org.lanewise.testmodels.check.ToleranceRule;

/**
 * ONNX's test models give weights, axes and shapes as inputs; trained models have them as constants, which are packed, folded and rewritten. So each test that
 * must pass is also run with all its inputs but one constant, and with all.
 */
class ConstantInputsTest {
    /** Operators whose output has a shape that inference must find when all inputs but the first are constant. */
    private static final Set<String> KNOWN_SHAPES = Set.of(
            "Expand",
            "OneHot",
            "Pad",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare",
            "Reshape",
            "Resize",
            "Slice",
            "Split",
            "Squeeze",
            "Tile",
            "TopK",
            "Unsqueeze",
            "Upsample");

    @ParameterizedTest
    @CsvSource({"0, false", "0, true", "1, true", "-1, false", "-1, true"})
    void theAnswersStay(int free, boolean optimized) throws IOException {
        Set<String> listed = passing();
        List<String> failures = new ArrayList<>();
        int checked = 0;
        try (TestSuite suite = TestSuite.open(SharedFolder.require("conformance/conformance-dev.zip"), null)) {
            for (TestCase test : suite.tests()) {
                if (listed.contains(test.name())) {
                    checked += check(test, free, optimized, failures) ? 1 : 0;
                }
            }
        }
        assertEquals("", String.join("\n", failures));
        assertTrue(checked > 800, checked + " models");
    }

    private static Set<String> passing() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ConstantInputsTest.class.getResourceAsStream("conformance-passing.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().collect(Collectors.toSet());
        }
    }

    private static boolean check(TestCase test, int free, boolean optimized, List<String> failures) {
        if (test.dataSets().getFirst().inputs().size() < 2) {
            return false;
        }
        Model original = ModelFormat.forFile("model.onnx").read(test.model());
        Path folder = Objects.requireNonNull(
                test.dataSets().getFirst().inputs().getFirst().getParent());
        TestDataSet data = TestDataSet.read(folder, original);
        Model model = withConstants(
                original,
                data,
                free < 0 ? "" : List.copyOf(data.inputs().keySet()).get(free));
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        model.graph()
                .inputs()
                .forEach(input -> inputs.put(input.name(), data.inputs().get(input.name())));
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session session = Session.open(model, optimized ? options : options.raw())) {
            Map<String, OnnxValue> got = session.run(inputs, null);
            ToleranceRule rule = new ToleranceRule(model.graph(), test);
            data.outputs().forEach((name, expected) -> {
                String difference = Comparison.difference(name, got.get(name), expected, rule.of(name, expected));
                if (difference != null) {
                    failures.add(test.name() + ": " + difference);
                }
            });
            if (free == 0) {
                checkShapes(test.name(), model.graph(), failures);
            }
        } catch (RuntimeException e) {
            failures.add(test.name() + ": " + e);
        }
        return true;
    }

    private static Model withConstants(Model model, TestDataSet data, String kept) {
        Graph graph = model.graph();
        List<ValueInfo> inputs = new ArrayList<>();
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        for (ValueInfo input : graph.inputs()) {
            OnnxValue value = data.inputs().get(input.name());
            if (!input.name().equals(kept) && value instanceof Tensor tensor) {
                constants.put(input.name(), Initializer.of(tensor));
            } else {
                inputs.add(input);
            }
        }
        return model.withGraph(
                Graph.of(graph.name(), inputs, graph.outputs(), graph.nodes(), constants, graph.valueTypes()));
    }

    private static void checkShapes(String test, Graph graph, List<String> failures) {
        if (graph.nodes().size() != 1
                || !KNOWN_SHAPES.contains(graph.nodes().getFirst().opType())) {
            return;
        }
        Node node = graph.nodes().getFirst();
        Inference inference = Inference.of(graph);
        for (String output : node.outputs()) {
            if (!output.isEmpty() && !inference.shape(output).isKnown()) {
                failures.add(test + ": output '" + output + "' is inferred as " + inference.type(output));
            }
        }
    }
}
