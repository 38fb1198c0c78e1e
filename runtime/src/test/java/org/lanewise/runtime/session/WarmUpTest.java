package org.lanewise.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

final class WarmUpTest {
    private static Session open() {
        ValueInfo x = new ValueInfo("x", ValueType.tensor(DataType.FLOAT, PartialShape.of(PartialShape.UNKNOWN, 3)));
        ValueInfo i = new ValueInfo("i", ValueType.tensor(DataType.INT64, PartialShape.of(2)));
        ValueInfo y = new ValueInfo("y", ValueType.tensor(DataType.FLOAT, PartialShape.ofRank(2)));
        Node gather = new Node("gather", "", "Gather", 13, List.of("x", "i"), List.of("y"), Map.of());
        Graph graph = Graph.of("rows", List.of(x, i), List.of(y), List.of(gather), Map.of(), Map.of());
        return Session.open(new Model(graph, 8, Map.of("", 13), "", "", Map.of()), SessionOptions.DEFAULT);
    }

    @Test
    void samplesHaveTheDeclaredShapesOrTheGivenOnes() {
        try (Session session = open()) {
            Map<String, OnnxValue> small = session.sampleInputs(Map.of());
            assertEquals(
                    Shape.of(1, 3),
                    assertInstanceOf(FloatTensor.class, small.get("x")).shape());
            Map<String, OnnxValue> large = session.sampleInputs(Map.of("x", Shape.of(5, 3)));
            FloatTensor x = assertInstanceOf(FloatTensor.class, large.get("x"));
            assertEquals(Shape.of(5, 3), x.shape());
            for (float value : x.toFloatArray()) {
                assertTrue(value >= 0 && value < 1);
            }
            LongTensor i = assertInstanceOf(LongTensor.class, large.get("i"));
            assertEquals(1, i.getLong(0));
            assertEquals(1, i.getLong(1));
        }
    }

    @Test
    void warmUpRunsAtLeastOnceAndForAsLongAsToldTo() {
        try (Session session = open()) {
            Map<String, OnnxValue> inputs = session.sampleInputs(Map.of("x", Shape.of(5, 3)));
            assertEquals(1, session.warmUp(inputs, Duration.ZERO));
            assertEquals(1, session.idleContexts());
            long start = System.nanoTime();
            assertTrue(session.warmUp(inputs, Duration.ofMillis(20)) >= 1);
            assertTrue(System.nanoTime() - start >= 20_000_000);
        }
    }

    @Test
    void refusesNamesTheModelDoesNotHaveAndInputsThatDoNotFit() {
        try (Session session = open()) {
            RunException unknown =
                    assertThrows(RunException.class, () -> session.sampleInputs(Map.of("z", Shape.of(1))));
            assertTrue(unknown.getMessage().startsWith("no input 'z' to make up: the model takes ["));
            RunException large = assertThrows(
                    RunException.class, () -> session.sampleInputs(Map.of("x", Shape.of(Integer.MAX_VALUE, 1))));
            String message = large.getMessage();
            assertTrue(message.startsWith("input x: ") && message.contains("out of memory"), message);
            Map<String, OnnxValue> wrong = session.sampleInputs(Map.of("x", Shape.of(5, 4)));
            assertThrows(RunException.class, () -> session.warmUp(wrong, Duration.ZERO));
        }
    }

    @Test
    void runsKernelsThatOtherValuesWouldChoose() {
        byte[] weights = new byte[64 * 64];
        Arrays.fill(weights, (byte) 3);
        ValueInfo a = new ValueInfo("a", ValueType.tensor(DataType.UINT8, PartialShape.of(48, 64)));
        ValueInfo y = new ValueInfo("y", ValueType.tensor(DataType.INT32, PartialShape.ofRank(2)));
        Node product = new Node("product", "", "MatMulInteger", 10, List.of("a", "b"), List.of("y"), Map.of());
        Tensor b = new ByteTensor(DataType.INT8, Shape.of(64, 64), weights, 0);
        Graph graph =
                Graph.of("bytes", List.of(a), List.of(y), List.of(product), Map.of("b", Initializer.of(b)), Map.of());
        Inference inference = Inference.of(graph);
        KernelWarmUp kernels = KernelWarmUp.of(ExecutionPlan.build(graph, inference, 0));
        assertEquals(Processor.SHARED_PORTS && Simd.FMA, kernels != null);
        if (kernels == null) {
            return;
        }
        int runs = kernels.left();
        kernels.run(System.nanoTime() - 1_000_000_000L, 1_000_000_000L); // the time is over
        assertEquals(runs, kernels.left());
        long start = System.nanoTime();
        kernels.run(start - 300_000_000L, 10_000_000_000L); // a third of what has passed
        assertTrue(kernels.left() < runs);
        assertTrue(System.nanoTime() - start >= 100_000_000L || kernels.left() == 0);
        try (Session session =
                Session.open(new Model(graph, 8, Map.of("", 13), "", "", Map.of()), SessionOptions.DEFAULT)) {
            assertTrue(session.warmUp(session.sampleInputs(Map.of()), Duration.ofMillis(20)) >= 1);
        }
    }
}
