package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;

/** Whatever the bytes, only the four exceptions of the runtime come out, soon, and little memory is taken. */
class MalformedInputTest {
    private static final byte[] MODEL = model();

    /** A model with something of everything the reader knows. */
    private static byte[] model() {
        ProtoWriter sparse = new ProtoWriter();
        sparse.message(1, GraphWriter.tensor("s", Initializer.of(Tensor.of(new float[] {5, 6})), null));
        sparse.message(2, GraphWriter.tensor("", Initializer.of(Tensor.of(new long[] {1, 3})), null));
        sparse.int64(3, 4);
        ProtoWriter branch = Protos.graph(
                List.of(),
                List.of("z"),
                Protos.node("local", "F", List.of("x"), List.of("z"), Protos.intAttribute("a", 1)));
        ProtoWriter typed = new ProtoWriter();
        typed.int64(1, 3);
        typed.int64(2, 22);
        typed.string(8, "t");
        Protos.bytes(typed, 5, 0x71, 0x02);
        ProtoWriter attribute = new ProtoWriter();
        attribute.string(1, "value");
        attribute.message(5, GraphWriter.tensor("", Initializer.of(Tensor.of(new String[] {"a", "b"})), null));
        attribute.int64(20, AttributeProto.TENSOR);
        ProtoWriter graph = Protos.graph(
                List.of("x"),
                List.of("y"),
                Protos.node("If", List.of("w"), List.of("i"), Protos.graphAttribute("then_branch", branch)),
                Protos.node("Constant", List.of(), List.of("c"), attribute),
                Protos.node("Concat", List.of("i", "s", "t", "c"), List.of("y"), Protos.intAttribute("axis", 0)));
        graph.message(5, GraphWriter.tensor("w", Initializer.of(Tensor.of(new boolean[] {true})), null));
        graph.message(5, typed);
        graph.message(15, sparse);
        ProtoWriter model = Protos.model(graph);
        model.message(8, Protos.opset("local", 1));
        model.message(
                25,
                Protos.function(
                        "F",
                        List.of("p"),
                        List.of("q"),
                        List.of("a"),
                        Protos.node("Abs", List.of("p"), List.of("q"), Protos.reference("b", "a"))));
        return Protos.bytes(model);
    }

    /** Reads a model and all its weights, and writes it. */
    private static void exercise(byte[] bytes) {
        Model model = new OnnxModelFormat().read(bytes);
        weights(model.graph());
        OnnxWriter.toBytes(model);
    }

    private static void weights(Graph graph) {
        graph.initializers().values().forEach(Initializer::tensor);
        for (Node node : graph.nodes()) {
            for (Attribute attribute : node.attributes().values()) {
                if (attribute instanceof Attribute.GraphValue(Graph inner)) {
                    weights(inner);
                }
            }
        }
    }

    private static void survives(byte[] bytes) {
        try {
            exercise(bytes);
        } catch (InferenceException e) {
            assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
        }
    }

    @Test
    void theModelItselfIsRead() {
        exercise(MODEL);
    }

    @Test
    void truncationAtEveryByte() {
        for (int length = 0; length < MODEL.length; length++) {
            survives(Arrays.copyOf(MODEL, length));
        }
    }

    @Test
    void everyBitFlipped() {
        for (int bit = 0; bit < MODEL.length * 8; bit++) {
            byte[] bytes = MODEL.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            survives(bytes);
        }
    }

    @Property(tries = 3000)
    void randomDamage(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int count) {
        Random random = new Random(seed);
        byte[] bytes = MODEL.clone();
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] = (byte) 0xff;
                default ->
                    System.arraycopy(MODEL, random.nextInt(bytes.length - 8), bytes, Math.min(at, bytes.length - 8), 8);
            }
        }
        survives(bytes);
    }

    @Property(tries = 1000)
    void randomBytesAsTensor(@ForAll byte[] bytes) {
        try {
            OnnxTensors.readTensor(bytes);
        } catch (InferenceException e) {
            assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
        }
    }

    @Test
    void aHugeShapeWithoutDataAllocatesNothing() {
        ProtoWriter tensor = new ProtoWriter();
        tensor.int64(1, Integer.MAX_VALUE);
        tensor.int64(2, 11);
        tensor.string(8, "w");
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> OnnxTensors.readTensor(Protos.bytes(tensor)));
        assertEquals(
                "tensor in memory: at byte 0: tensor 'w': 0 elements, double[2147483647] needs 2147483647",
                e.getMessage());
    }

    @Test
    void deepNestingIsRefused() {
        ProtoWriter graph = Protos.graph(List.of(), List.of("y"), Protos.node("Constant", List.of(), List.of("y")));
        for (int i = 0; i < 300; i++) {
            graph = Protos.graph(
                    List.of(),
                    List.of("y"),
                    Protos.node("If", List.of(), List.of("y"), Protos.graphAttribute("then_branch", graph)));
        }
        byte[] bytes = Protos.bytes(Protos.model(graph));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> exercise(bytes));
        assertTrue(e.getMessage().endsWith("messages nested deeper than 200"), e.getMessage());
    }

    @Test
    void deepTypesAreRefused() {
        ProtoWriter type = new ProtoWriter();
        for (int i = 0; i < 5000; i++) {
            ProtoWriter holder = new ProtoWriter();
            holder.message(1, type);
            type = new ProtoWriter();
            type.message(4, holder);
        }
        ProtoReader in = Protos.reader(type);
        assertTrue(assertThrows(ModelFormatException.class, () -> TypeProto.read(in))
                .getMessage()
                .contains("nested deeper"));
    }

    @Test
    void millionsOfEmptyNodesAreRefusedSoon() {
        byte[] nodes = new byte[4 << 20];
        for (int i = 0; i < nodes.length; i += 4) {
            nodes[i] = 0x0a;
            nodes[i + 1] = 2;
            nodes[i + 2] = 0x22;
        }
        ProtoWriter model = new ProtoWriter();
        model.int64(1, 8);
        model.message(8, Protos.opset("", 17));
        model.elements(7, Initializer.of(Tensor.of(nodes)));
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> assertThrows(InferenceException.class, () -> exercise(Protos.bytes(model))));
    }
}
