package org.lanewise.quantization.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.PartialShape;

class LayerMatchingTest {
    private static Layer layer(String operator, String name, long... shape) {
        Node node = new Node(name + "_node", "", operator, 13, List.of(), List.of(name), Map.of());
        return new Layer(node, operator, List.of(name), PartialShape.of(shape), null, null, null);
    }

    private static List<String> match(List<Layer> reference, List<Layer> candidate) {
        Map<Layer, Layer> pairs = LayerMatching.match(reference, candidate);
        List<String> list = new ArrayList<>();
        for (Layer layer : reference) {
            Layer partner = pairs.get(layer);
            list.add(layer.value() + "=" + (partner == null ? "" : partner.value()));
        }
        return list;
    }

    @Test
    void endingsOfToolsAreLeftOut() {
        assertEquals("conv1", LayerMatching.plain("conv1_quantized"));
        assertEquals("conv1", LayerMatching.plain("conv1_QuantizeLinear_Output"));
        assertEquals("conv1", LayerMatching.plain("conv1_DequantizeLinear_Output_1"));
        assertEquals("conv1", LayerMatching.plain("conv1_quant"));
        assertEquals("quantized_conv", LayerMatching.plain("quantized_conv"));
    }

    @Test
    void namesWinOverOrder() {
        List<Layer> reference = List.of(layer("Conv", "left", 1, 8), layer("Conv", "right", 1, 8));
        List<Layer> candidate = List.of(layer("Conv", "right_quantized", 1, 8), layer("Conv", "left_quantized", 1, 8));
        assertEquals(List.of("left=left_quantized", "right=right_quantized"), match(reference, candidate));
    }

    @Test
    void numbersOfAnotherCountingMeanNothing() {
        List<Layer> reference = List.of(
                layer("Conv", "Conv_1", 1, 8),
                layer("Conv", "Conv_2", 1, 16),
                layer("Conv", "Conv_3", 1, 8),
                layer("MatMul", "MatMul_4", 1, 10));
        // Shifted by one: Conv_2 and Conv_3 exist but are other layers
        List<Layer> candidate = List.of(
                layer("Conv", "Conv_2", 1, 8),
                layer("Conv", "Conv_3", 1, 16),
                layer("Conv", "Conv_5", 1, 8),
                layer("MatMul", "MatMul_6", 1, 10));
        assertEquals(
                List.of("Conv_1=Conv_2", "Conv_2=Conv_3", "Conv_3=Conv_5", "MatMul_4=MatMul_6"),
                match(reference, candidate));
    }

    @Test
    void whatOnlyOneModelHasStaysAlone() {
        List<Layer> reference =
                List.of(layer("Conv", "a", 1, 8), layer("Add", "b", 1, 8), layer("MatMul", "c", -1, 10));
        List<Layer> candidate = List.of(layer("Conv", "u", 1, 8), layer("MatMul", "v", 1, 10), layer("Mul", "w", 1, 8));
        assertEquals(List.of("a=u", "b=", "c=v"), match(reference, candidate));
        assertEquals(
                List.of("w_node"),
                LayerMatching.without(
                        candidate, LayerMatching.match(reference, candidate).values()));
    }
}
