package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.tensor.Tensor;

/** A model brought to a newer operator set can be written, and computes the same. */
class OpsetUpgradeTest {
    private static final int TARGET = 21;

    /** Beside a node that needs the newer operator set, so that the file has it. */
    private static void staysTheSame(Model model, Tensor x) {
        GraphEditor editor = new GraphEditor(OpsetUpgrade.apply(model, TARGET).graph());
        Node last = editor.nodes().getLast();
        Node renamed =
                new Node(last.name(), "", last.opType(), last.opset(), last.inputs(), List.of("z"), last.attributes());
        Node newest = new Node("newest", "", "Identity", TARGET, List.of("z"), List.of("y"), Map.of());
        editor.replace(last, List.of(renamed, newest), "adds a newer node");
        Model upgraded = model.withGraph(editor.build());
        Model read = ModelFormat.forFile("y.onnx").read(OnnxWriter.toBytes(upgraded));
        assertEquals(TARGET, read.opsets().get(""));
        assertArrayEquals(Models.run(model, x), Models.run(read, x));
    }

    private static Attribute one(long value) {
        return new Attribute.IntValue(value);
    }

    private static Tensor x() {
        return Models.samples(7, 1, 2, 3, 4, 5).getFirst().get("x");
    }

    /** Sizes as an input since 13; without them all parts are alike, and 18 wants their number. */
    @ParameterizedTest
    @ValueSource(ints = {13, 17, 18})
    void splitsByAnInput(int opset) {
        Model model = new Models(opset)
                .constant("sizes", Tensor.of(new long[] {1, 3}))
                .node("Split", List.of("a", "b"), Map.of("axis", one(2)), "x", "sizes")
                .node("Mul", "y", "a", "b")
                .build(new long[] {2, 3, 4, 5}, 4);
        staysTheSame(model, x());
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 13, 17})
    void splitsInEqualParts(int opset) {
        Model model = new Models(opset)
                .node("Split", List.of("a", "b"), Map.of("axis", one(2)), "x")
                .node("Sub", "y", "a", "b")
                .build(new long[] {2, 3, 4, 5}, 4);
        staysTheSame(model, x());
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 12})
    void splitsByAnAttribute(int opset) {
        Map<String, Attribute> sizes = Map.of("axis", one(1), "split", new Attribute.IntsValue(new long[] {1, 2}));
        Model model = new Models(opset)
                .node("Split", List.of("a", "b"), sizes, "x")
                .node("Mul", "y", "a", "b")
                .build(new long[] {2, 3, 4, 5}, 4);
        staysTheSame(model, x());
    }

    /** Its modes have other names since 20. */
    @ParameterizedTest
    @ValueSource(strings = {"", "bilinear", "bicubic", "nearest"})
    void samplesOnAGrid(String mode) {
        float[] grid = new float[2 * 2 * 3 * 2];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = (i * 7 % 13 - 6) / 5f;
        }
        Map<String, Attribute> attributes = mode.isEmpty() ? Map.of() : Map.of("mode", new Attribute.StringValue(mode));
        Model model = new Models(16)
                .constant("grid", Tensor.of(grid, 2, 2, 3, 2))
                .node("GridSample", "y", attributes, "x", "grid")
                .build(new long[] {2, 3, 4, 5}, 4);
        staysTheSame(model, x());
    }
}
