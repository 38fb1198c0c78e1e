package org.lanewise.testmodels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.Tensor;

final class ToleranceRuleTest {
    private static final Tensor EXPECTED = Tensor.of(new float[] {-1, 4.1f}, 1, 2);

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> constants = new LinkedHashMap<>();

    private ToleranceRuleTest node(String opType, String output, String... inputs) {
        nodes.add(new Node("", "", opType, 17, List.of(inputs), List.of(output), Map.of()));
        return this;
    }

    private Tolerance judge(String name, Tolerance prescribed) {
        constants.put("w", Initializer.of(Tensor.of(new float[4], 2, 2)));
        constants.put("scale", Initializer.of(Tensor.of(new float[] {0.5f, 0.125f})));
        Graph graph = Graph.of(
                "g", List.of(new ValueInfo("x", null)), List.of(new ValueInfo("y", null)), nodes, constants, Map.of());
        TestCase test = new TestCase(name, Path.of("model.onnx"), List.of(), false, prescribed);
        return new ToleranceRule(graph, test).of("y", EXPECTED);
    }

    @Test
    void oneLayerIsJudgedOfficially() {
        assertEquals(Tolerance.OFFICIAL, node("MatMul", "y", "x", "w").judge("net", null));
    }

    @Test
    void twoLayersHaveOtherRoundings() {
        node("MatMul", "h", "x", "w").node("MatMul", "y", "h", "w");
        assertEquals(Tolerance.LAYERS, judge("net", null));
    }

    @Test
    void backendTestsAreJudgedOfficiallyOrAsTheySay() {
        node("MatMul", "h", "x", "w").node("MatMul", "y", "h", "w");
        assertEquals(Tolerance.OFFICIAL, judge("pytorch/test_two", null));
        Tolerance prescribed = new Tolerance(0.002, 1e-7, false);
        assertEquals(prescribed, judge("light/light_two", prescribed));
    }

    @Test
    void aQuantizedOutputMayBeOneStepOff() {
        node("MatMul", "h", "x", "w")
                .node("MatMul", "i", "h", "w")
                .node("QuantizeLinear", "q", "i", "scale")
                .node("DequantizeLinear", "d", "q", "scale")
                .node("Softmax", "y", "d");
        assertEquals(Tolerance.ofStep(0.5), judge("net", null));
    }

    @Test
    void behindADynamicQuantizerAStepIsAPartOfTheRange() {
        node("MatMulInteger", "h", "x", "w")
                .node("MatMulInteger", "i", "h", "w")
                .node("Cast", "y", "i");
        assertEquals(5.1 / 255 * 1.0001, judge("net", null).atol(), 1e-8);
    }

    @Test
    void behindAQuantizerAndALayerAStepIsAPartOfTheRange() {
        node("DequantizeLinear", "d", "x", "scale")
                .node("MatMul", "h", "d", "w")
                .node("MatMul", "y", "h", "w");
        assertEquals(5.1 / 255 * 1.0001, judge("net", null).atol(), 1e-8);
    }
}
