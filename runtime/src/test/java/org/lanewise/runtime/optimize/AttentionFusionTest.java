package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.GraphEditor.Entry;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Attention as exporters write it becomes one operator; near misses do not and say why. */
class AttentionFusionTest {
    private static final int BATCH = 2;
    private static final int ROWS = 5;
    private static final int HEADS = 3;
    private static final int SIZE = 4;
    private static final String ATTENTION = "org.lanewise.Attention";

    private final GraphBuilder g = new GraphBuilder();
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();

    private String input(String name, int... dims) {
        inputs.put(name, GraphBuilder.noise(new Random(name.hashCode()), dims));
        long[] declared = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            declared[i] = i < 2 ? -1 : dims[i];
        }
        return g.input(name, declared);
    }

    private String mask(String name, int... dims) {
        String mask = input(name, dims);
        float[] values = inputs.get(name).toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] < -0.3 ? -1e4f : 0;
        }
        inputs.put(name, Tensor.of(values, dims));
        return mask;
    }

    /** (batch, heads, rows, size) from (batch, rows, heads size). */
    private String split(String value) {
        String view = g.node("Reshape", value, g.longs(0, 0, HEADS, SIZE));
        return g.node("Transpose", ints("perm", 0, 2, 1, 3), view);
    }

    private String keys(String value) {
        String view = g.node("Reshape", value, g.longs(0, 0, HEADS, SIZE));
        return g.node("Transpose", ints("perm", 0, 2, 3, 1), view);
    }

    private String joined(String value) {
        String moved = g.node("Transpose", ints("perm", 0, 2, 1, 3), value);
        return g.node("Reshape", moved, g.longs(0, 0, HEADS * SIZE));
    }

    private String qkv(String name) {
        return input(name, BATCH, ROWS, HEADS * SIZE);
    }

    private String softmax(String value) {
        return g.node("Softmax", integer("axis", -1), value);
    }

    private Rewritten check(String output) {
        return Rewritten.check(g.output(output).build(), inputs);
    }

    private void assertFused(String output) {
        assertEquals(Map.of(ATTENTION, 1, "Reshape", 4), check(output).operators());
    }

    private void assertRefused(String output, String reason) {
        assertEquals(0, check(output).count(ATTENTION));
        List<Entry> refusals = Pipeline.standard().run(g.build(), Integer.MAX_VALUE).reports().stream()
                .filter(report -> report.pass().equals("attention"))
                .flatMap(report -> report.refusals().stream())
                .toList();
        assertEquals(1, refusals.size());
        assertTrue(refusals.getFirst().reason().contains(reason), refusals::toString);
    }

    /** As BERT is exported by PyTorch: the quotient of the products, then the mask. */
    @Test
    void ofBert() {
        String scores = g.node("Div", g.node("MatMul", split(qkv("q")), keys(qkv("k"))), g.scalar(2));
        String masked = g.node("Add", scores, mask("m", BATCH, 1, 1, ROWS));
        assertFused(joined(g.node("MatMul", softmax(masked), split(qkv("v")))));
    }

    /** As PyTorch 2 writes scaled_dot_product_attention: roots of the scale on Q and K, and zeros for NaN. */
    @Test
    void ofPyTorchWithScalesOnBothSides() {
        String root = g.scalar(Math.sqrt(0.5));
        String q = g.node("Mul", split(qkv("q")), root);
        String k = g.node("Mul", keys(qkv("k")), root);
        String weights = softmax(g.node("Add", g.node("MatMul", q, k), mask("m", 1, 1, ROWS, ROWS)));
        String safe = g.node("Where", g.node("IsNaN", weights), g.scalar(0), weights);
        assertFused(joined(g.node("MatMul", safe, split(qkv("v")))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereNothingIsAttended(boolean safe) {
        String scores = g.node("MatMul", split(qkv("q")), keys(qkv("k")));
        float[] masked = new float[ROWS * ROWS];
        Arrays.fill(masked, 2 * ROWS, 3 * ROWS, Float.NEGATIVE_INFINITY);
        String weights = softmax(g.node("Add", g.constant(Tensor.of(masked, ROWS, ROWS)), scores));
        String used = safe ? g.node("Where", g.node("IsNaN", weights), g.scalar(0), weights) : weights;
        assertFused(joined(g.node("MatMul", used, split(qkv("v")))));
    }

    /** As GPT-2: products in the future become a constant, then padding is masked. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofGpt2(boolean kept) {
        String scores = g.node("Div", g.node("MatMul", split(qkv("q")), keys(qkv("k"))), g.scalar(2));
        boolean[] past = new boolean[ROWS * ROWS];
        for (int i = 0; i < past.length; i++) {
            past[i] = i % ROWS <= i / ROWS == kept;
        }
        String condition = g.constant(Tensor.of(past).reshape(Shape.of(1, 1, ROWS, ROWS)));
        String fill = g.scalar(-1e4);
        String chosen = kept ? g.node("Where", condition, scores, fill) : g.node("Where", condition, fill, scores);
        String masked = g.node("Add", chosen, mask("m", BATCH, 1, 1, ROWS));
        assertFused(joined(g.node("MatMul", softmax(masked), split(qkv("v")))));
    }

    /** As timm's ViT: Q, K and V taken out of one value (batch, rows, 3, heads, size). */
    @Test
    void ofViT() {
        String x = input("x", BATCH, ROWS, 3 * HEADS * SIZE);
        String all =
                g.node("Transpose", ints("perm", 2, 0, 3, 1, 4), g.node("Reshape", x, g.longs(0, 0, 3, HEADS, SIZE)));
        String q = g.node("Mul", g.node("Gather", all, g.constant(Tensor.scalar(0L))), g.scalar(0.5));
        String k = g.node("Gather", all, g.constant(Tensor.scalar(1L)));
        String v = g.node("Gather", all, g.constant(Tensor.scalar(-1L)));
        String scores = g.node("MatMul", q, g.node("Transpose", ints("perm", 0, 1, 3, 2), k));
        String y = joined(g.node("MatMul", softmax(scores), v));
        assertEquals(Map.of(ATTENTION, 1, "Reshape", 2), check(y).operators());
    }

    /** As nn.MultiheadAttention: three dimensions, heads and batch in one. */
    @Test
    void ofThreeDimensions() {
        String q = input("q", 6, ROWS, SIZE);
        String k = g.node("Transpose", ints("perm", 1, 2, 0), input("k", 7, 6, SIZE));
        String v = g.node("Transpose", ints("perm", 1, 0, 2), input("v", 7, 6, SIZE));
        String scores = g.node("Add", g.node("MatMul", q, k), mask("m", 6, 1, 7));
        String y = g.node("Transpose", ints("perm", 1, 0, 2), g.node("MatMul", softmax(scores), v));
        assertEquals(Map.of(ATTENTION, 1), check(y).operators());
    }

    @Test
    void withKeysThatAreColumns() {
        String k = input("k", BATCH, HEADS, SIZE, ROWS);
        String y = g.node("MatMul", softmax(g.node("MatMul", split(qkv("q")), k)), split(qkv("v")));
        assertEquals(Map.of(ATTENTION, 1, "Transpose", 1, "Reshape", 2), check(y).operators());
    }

    @Test
    void withAScaleKnownOnlyInTheRun() {
        String scale = g.input("s", 1);
        inputs.put("s", Tensor.of(new float[] {3}));
        String scores = g.node("MatMul", g.node("Mul", scale, split(qkv("q"))), keys(qkv("k")));
        assertFused(joined(g.node("MatMul", softmax(g.node("Div", scores, scale)), split(qkv("v")))));
    }

    /** Dimensions that were open when the graph was rewritten turn out to be 1. */
    @ParameterizedTest
    @CsvSource({"1,3,5,1,4,4", "2,1,1,5,5,1", "2,3,5,5,1,4", "1,1,5,1,1,1"})
    void whereTheMaskBroadcasts(int batch, int heads, int queries, int rows, int keys, int columns) {
        g.input("q", -1, -1, -1, SIZE);
        g.input("k", -1, -1, SIZE, -1);
        g.input("v", -1, -1, -1, SIZE);
        g.input("m", -1, -1, -1, -1);
        inputs.put("q", GraphBuilder.noise(new Random(1), batch, heads, queries, SIZE));
        inputs.put("k", GraphBuilder.noise(new Random(2), 2, 1, SIZE, keys));
        inputs.put("v", GraphBuilder.noise(new Random(3), 1, 1, Math.max(keys, columns), SIZE));
        inputs.put("m", GraphBuilder.noise(new Random(4), 1, 3, rows, columns));
        String y = g.node("MatMul", softmax(g.node("Add", "m", g.node("MatMul", "q", "k"))), "v");
        assertEquals(1, check(y).count(ATTENTION));
    }

    @Test
    void notWhereTheWeightsAreUsedToo() {
        String weights = softmax(g.node("MatMul", split(qkv("q")), keys(qkv("k"))));
        g.output(g.node("Neg", weights));
        assertRefused(g.node("MatMul", weights, split(qkv("v"))), "used by Neg");
    }

    @Test
    void notWhereTheProductsAreAnOutput() {
        String scores = g.node("MatMul", split(qkv("q")), keys(qkv("k")));
        g.output(scores);
        assertRefused(g.node("MatMul", softmax(scores), split(qkv("v"))), "the graph's outputs");
    }

    @Test
    void notAlongAnotherAxis() {
        String scores = g.node("MatMul", split(qkv("q")), keys(qkv("k")));
        String weights = g.node("Softmax", integer("axis", 2), scores);
        assertRefused(g.node("MatMul", weights, split(qkv("v"))), "not the last");
    }

    @Test
    void notWhereTheMaskIsScaledToo() {
        String scores = g.node("MatMul", split(qkv("q")), keys(qkv("k")));
        String masked = g.node("Add", scores, mask("m", BATCH, 1, 1, ROWS));
        String scaled = g.node("Mul", masked, g.scalar(0.5));
        assertRefused(g.node("MatMul", softmax(scaled), split(qkv("v"))), "scaled behind Add");
    }

    @Test
    void notWithTwoMasks() {
        String scores = g.node("MatMul", split(qkv("q")), keys(qkv("k")));
        String masked = g.node("Add", g.node("Add", scores, mask("m", BATCH, 1, 1, ROWS)), mask("n", 1, 1, ROWS, ROWS));
        assertRefused(g.node("MatMul", softmax(masked), split(qkv("v"))), "second mask");
    }

    @Test
    void notOfAnotherType() {
        g.input("q", DataType.DOUBLE, 1, 2, 3, 4);
        inputs.put("q", Tensor.of(new double[24], 1, 2, 3, 4));
        String k = g.node("Transpose", ints("perm", 0, 1, 3, 2), "q");
        assertRefused(g.node("MatMul", softmax(g.node("MatMul", "q", k)), "q"), "its type is double");
    }
}
