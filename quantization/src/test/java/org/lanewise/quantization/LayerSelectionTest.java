package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.graph.Node;

class LayerSelectionTest {
    private static Node node(String name, String opType) {
        return new Node(name, "", opType, 13, List.of(), List.of(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "block.1.conv, block.1.conv, true",
        "block.1.conv, block.1.con, false",
        "block.1.conv, *, true",
        "block.1.conv, block.*, true",
        "block.1.conv, *.conv, true",
        "block.1.conv, block.*.conv, true",
        "block.1.conv, block*1*v, true",
        "block.1.conv, *2*, false",
        "block.1.conv, block.1.conv*conv, false",
        "aa, a*a, true",
        "a, a*a, false"
    })
    void names(String name, String pattern, boolean excluded) {
        LayerSelection selection = new LayerSelection(Set.of(pattern), Set.of());
        assertEquals(excluded ? "excluded by name" : "", selection.exclusion(node(name, "Conv")));
    }

    @Test
    void types() {
        LayerSelection selection = new LayerSelection(Set.of(), Set.of("Gemm"));
        assertEquals("operator Gemm is excluded", selection.exclusion(node("a", "Gemm")));
        assertEquals("", selection.exclusion(node("a", "Conv")));
    }

    @Test
    void whatIsNotThereIsRefusedWithTheNearest() {
        List<Node> layers = List.of(node("layer1.conv", "Conv"), node("layer2.conv", "Conv"), node("head", "Gemm"));
        Exception name = assertThrows(
                QuantizationException.class, () -> new LayerSelection(Set.of("layer1.comv"), Set.of()).check(layers));
        assertEquals(
                "no layer to quantize is called 'layer1.comv'; the nearest: layer1.conv, layer2.conv, head",
                name.getMessage());
        Exception type = assertThrows(
                QuantizationException.class, () -> new LayerSelection(Set.of(), Set.of("LSTM")).check(layers));
        assertEquals("no layer to quantize is a 'LSTM'; there are [Conv, Gemm]", type.getMessage());
    }
}
