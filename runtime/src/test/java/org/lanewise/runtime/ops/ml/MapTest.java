package org.lanewise.runtime.ops.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Operators that make maps and take them. */
class MapTest {
    private static final ValueType ROWS = ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, 2));

    private static Session open(String opType, ValueType input, Map<String, Attribute> attributes) {
        Node node = new Node("", "ai.onnx.ml", opType, 1, List.of("x"), List.of("y"), attributes);
        Graph graph = Graph.of(
                "g",
                List.of(new ValueInfo("x", input)),
                List.of(new ValueInfo("y", null)),
                List.of(node),
                Map.of(),
                Map.of());
        return Session.open(new Model(graph, 8, Map.of("ai.onnx.ml", 1), "", "", Map.of()), SessionOptions.DEFAULT);
    }

    private static OnnxValue run(String opType, OnnxValue x, Map<String, Attribute> attributes) {
        ValueType declared = x instanceof Tensor ? ROWS : x.valueType();
        try (Session session = open(opType, declared, attributes)) {
            return session.run(Map.of("x", x), null).get("y");
        }
    }

    private static Attribute strings(String... values) {
        return new Attribute.StringsValue(List.of(values));
    }

    private static Attribute ints(long... values) {
        return new Attribute.IntsValue(values);
    }

    private static Attribute text(String value) {
        return new Attribute.StringValue(value);
    }

    @Test
    void zipMapGivesAMapForEachRow() {
        Tensor x = Tensor.of(new float[] {0.25f, 0.75f, 1, 0}, 2, 2);
        SequenceValue words = assertInstanceOf(
                SequenceValue.class, run("ZipMap", x, Map.of("classlabels_strings", strings("no", "yes"))));
        assertEquals("seq(map(string,float))", words.valueType().toString());
        assertEquals(2, words.elements().size());
        assertEquals(
                Map.of("no", 0.25f, "yes", 0.75f), ((MapValue) words.elements().getFirst()).toMap());
        SequenceValue numbers = (SequenceValue) run("ZipMap", x, Map.of("classlabels_int64s", ints(7, -7)));
        assertEquals(Map.of(7L, 1f, -7L, 0f), ((MapValue) numbers.elements().getLast()).toMap());
    }

    /** What one run gave must not be what the next one computes in. */
    @Test
    void mapsOfARunStayAsTheyWere() {
        Map<String, Attribute> labels = Map.of("classlabels_int64s", ints(0, 1));
        try (Session session = open("ZipMap", ROWS, labels)) {
            Tensor first = Tensor.of(new float[] {1, 2}, 1, 2);
            SequenceValue kept =
                    (SequenceValue) session.run(Map.of("x", first), null).get("y");
            session.run(Map.of("x", Tensor.of(new float[] {3, 4}, 1, 2)), null);
            assertEquals(Map.of(0L, 1f, 1L, 2f), ((MapValue) kept.elements().getFirst()).toMap());
            SequenceValue none = (SequenceValue) session.run(Map.of("x", Tensor.of(new float[0], 0, 2)), null)
                    .get("y");
            assertEquals(List.of(), none.elements());
        }
    }

    @Test
    void zipMapRefusesOtherNumbersOfColumnsAndLabelsOfNoOrTwoKinds() {
        InferenceException e = assertThrows(
                InferenceException.class, () -> open("ZipMap", ROWS, Map.of("classlabels_int64s", ints(1, 2, 3))));
        assertTrue(e.getMessage().contains("[?,2], expected 3 features"), e::getMessage);
        Map<String, Attribute> both = Map.of("classlabels_int64s", ints(1), "classlabels_strings", strings("a"));
        for (Map<String, Attribute> attributes : List.of(both, Map.<String, Attribute>of())) {
            InferenceException labels = assertThrows(InferenceException.class, () -> open("ZipMap", ROWS, attributes));
            assertTrue(
                    labels.getMessage().contains("either classlabels_int64s or classlabels_strings"),
                    labels::getMessage);
        }
    }

    @Test
    void dictVectorizerPutsValuesInTheOrderOfTheVocabulary() {
        Attribute words = strings("c", "a", "b", "a");
        Tensor row = (Tensor) run(
                "DictVectorizer",
                MapValue.of(Map.of("a", 1.5, "c", 3.0, "z", 9.0)),
                Map.of("string_vocabulary", words));
        assertEquals("double[1,4]", row.toString());
        assertArrayEquals(new float[] {3, 1.5f, 0, 1.5f}, row.toFloatArray());
        StringTensor texts = (StringTensor)
                run("DictVectorizer", MapValue.of(Map.of(5L, "five")), Map.of("int64_vocabulary", ints(4, 5)));
        assertArrayEquals(new String[] {"", "five"}, texts.array());
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> run("DictVectorizer", MapValue.of(Map.of(5L, 1L)), Map.of("string_vocabulary", words)));
        assertTrue(e.getMessage().contains("the input is map(int64,int64), expected a map of string"), e::getMessage);
    }

    @Test
    void castMapPacksDenseByAscendingKeys() {
        Map<Long, String> map = new LinkedHashMap<>();
        map.put(9L, "2.5");
        map.put(-3L, " 7 ");
        Tensor floats = (Tensor) run("CastMap", MapValue.of(map), Map.of());
        assertEquals("float[1,2]", floats.toString());
        assertArrayEquals(new float[] {7, 2.5f}, floats.toFloatArray());
        Tensor whole = (Tensor)
                run("CastMap", MapValue.of(Map.of(1L, 2.75f, 0L, -2.75f)), Map.of("cast_to", text("TO_INT64")));
        assertArrayEquals(new long[] {-2, 2}, whole.toLongArray());
        InferenceException e = assertThrows(
                InferenceException.class, () -> run("CastMap", MapValue.of(map), Map.of("cast_to", text("TO_INT64"))));
        assertTrue(e.getMessage().contains("the value '2.5', expected an integer"), e::getMessage);
    }

    @Test
    void castMapPacksSparseAtThePlacesOfTheKeys() {
        Map<String, Attribute> attributes =
                Map.of("map_form", text("SPARSE"), "max_map", new Attribute.IntValue(4), "cast_to", text("TO_STRING"));
        StringTensor texts = (StringTensor) run("CastMap", MapValue.of(Map.of(2L, 0.5f, 0L, 1f)), attributes);
        assertEquals(List.of("1.000000", "0.f", "0.500000", "0.f"), Arrays.asList(texts.array()));
        InferenceException e =
                assertThrows(InferenceException.class, () -> run("CastMap", MapValue.of(Map.of(4L, 1f)), attributes));
        assertTrue(e.getMessage().contains("the key 4, expected 0 to max_map - 1 = 3"), e::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TO_DOUBLE", "float"})
    void castMapRefusesOtherTypes(String to) {
        ValueType input = new ValueType.MapOf(DataType.INT64, DataType.FLOAT);
        InferenceException e =
                assertThrows(InferenceException.class, () -> open("CastMap", input, Map.of("cast_to", text(to))));
        assertTrue(e.getMessage().contains("cast_to is '" + to + "'"), e::getMessage);
    }

    @Test
    void mapsHoldKeysAndValuesOfOneType() {
        assertEquals(
                "map(string,int64)", MapValue.of(Map.of("a", 1L)).valueType().toString());
        assertThrows(IllegalArgumentException.class, () -> MapValue.of(Map.of()));
        assertThrows(IllegalArgumentException.class, () -> MapValue.of(Map.of("a", 1)));
        assertThrows(IllegalArgumentException.class, () -> MapValue.of(Map.of(1.5, "a")));
        Map<Object, Object> mixed = new LinkedHashMap<>();
        mixed.put("a", 1f);
        mixed.put("b", 1.0);
        assertThrows(IllegalArgumentException.class, () -> MapValue.of(mixed));
        Tensor one = Tensor.of(new long[] {1});
        assertThrows(IllegalArgumentException.class, () -> new MapValue(one, Tensor.of(new float[2])));
    }
}
