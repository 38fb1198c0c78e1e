package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;

/** Asserts that two models are the same: structure, types and bits. */
final class GraphEquality {
    private GraphEquality() {}

    static void assertSame(Model expected, Model got) {
        assertEquals(expected.opsets(), got.opsets());
        assertEquals(expected.producer(), got.producer());
        assertEquals(expected.doc(), got.doc());
        assertEquals(expected.metadata(), got.metadata());
        assertSame(expected.graph(), got.graph());
    }

    static void assertSame(Graph expected, Graph got) {
        assertEquals(expected.name().isEmpty() ? "graph" : expected.name(), got.name());
        assertEquals(expected.inputs().toString(), got.inputs().toString());
        assertEquals(expected.inputs(), got.inputs());
        assertEquals(expected.outputs(), got.outputs());
        assertEquals(expected.valueTypes(), got.valueTypes());
        assertEquals(expected.initializers().keySet(), got.initializers().keySet());
        for (Map.Entry<String, Initializer> entry : expected.initializers().entrySet()) {
            Initializer other = got.initializers().get(entry.getKey());
            assertNotNull(other);
            assertSame(entry.getKey(), entry.getValue().tensor(), other.tensor());
        }
        assertEquals(expected.nodes().size(), got.nodes().size());
        for (int i = 0; i < expected.nodes().size(); i++) {
            assertSame(expected.nodes().get(i), got.nodes().get(i));
        }
    }

    private static void assertSame(Node expected, Node got) {
        assertEquals(expected.toString(), got.toString());
        assertEquals(expected.name(), got.name());
        assertEquals(expected.qualifiedOp(), got.qualifiedOp());
        assertEquals(expected.attributes().keySet(), got.attributes().keySet());
        for (Map.Entry<String, Attribute> entry : expected.attributes().entrySet()) {
            Attribute other = got.attributes().get(entry.getKey());
            assertNotNull(other);
            assertSame(expected.path() + " " + entry.getKey(), entry.getValue(), other);
        }
    }

    private static void assertSame(String what, Attribute expected, Attribute got) {
        assertEquals(expected.getClass(), got.getClass(), what);
        switch (expected) {
            case Attribute.IntsValue(long[] values) ->
                assertArrayEquals(values, ((Attribute.IntsValue) got).value(), what);
            case Attribute.FloatsValue(float[] values) ->
                assertArrayEquals(values, ((Attribute.FloatsValue) got).value(), what);
            case Attribute.TensorValue(Tensor tensor) ->
                assertSame(what, tensor, ((Attribute.TensorValue) got).value());
            case Attribute.TensorsValue(List<Tensor> tensors) -> {
                assertEquals(
                        tensors.size(), ((Attribute.TensorsValue) got).value().size(), what);
                for (int i = 0; i < tensors.size(); i++) {
                    assertSame(
                            what,
                            tensors.get(i),
                            ((Attribute.TensorsValue) got).value().get(i));
                }
            }
            case Attribute.GraphValue(Graph graph) -> assertSame(graph, ((Attribute.GraphValue) got).value());
            case Attribute.GraphsValue(List<Graph> graphs) -> {
                assertEquals(
                        graphs.size(), ((Attribute.GraphsValue) got).value().size(), what);
                for (int i = 0; i < graphs.size(); i++) {
                    assertSame(
                            graphs.get(i), ((Attribute.GraphsValue) got).value().get(i));
                }
            }
            default -> assertEquals(expected, got, what);
        }
    }

    static void assertSame(String what, Tensor expected, Tensor got) {
        assertEquals(expected.type(), got.type(), what);
        assertEquals(expected.shape(), got.shape(), what);
        // The one read starts at the beginning of its array, the other need not
        switch (expected.copy().storage()) {
            case float[] values -> {
                for (int i = 0; i < expected.size(); i++) {
                    int bits = Float.floatToRawIntBits(((float[]) got.storage())[i]);
                    assertEquals(Float.floatToRawIntBits(values[i]), bits, what);
                }
            }
            case double[] values -> {
                for (int i = 0; i < expected.size(); i++) {
                    long bits = Double.doubleToRawLongBits(((double[]) got.storage())[i]);
                    assertEquals(Double.doubleToRawLongBits(values[i]), bits, what);
                }
            }
            case byte[] values -> assertArrayEquals(values, (byte[]) got.storage(), what);
            case short[] values -> assertArrayEquals(values, (short[]) got.storage(), what);
            case int[] values -> assertArrayEquals(values, (int[]) got.storage(), what);
            case long[] values -> assertArrayEquals(values, (long[]) got.storage(), what);
            default -> assertArrayEquals((Object[]) expected.storage(), (Object[]) got.storage(), what);
        }
    }
}
