package org.lanewise.runtime.ops.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.Tensor;

class RecurrentTest {
    private static final int STEPS = 5;
    private static final int BATCH = 6;
    private static final int INPUT = 3;
    private static final int HIDDEN = 4;

    private static float[] random(int seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static int gates(String op) {
        return op.equals("LSTM") ? 4 : op.equals("GRU") ? 3 : 1;
    }

    private static Tensor w(String op, int directions) {
        int rows = gates(op) * HIDDEN;
        return Tensor.of(random(2, directions * rows * INPUT), directions, rows, INPUT);
    }

    private static Tensor r(String op, int directions) {
        int rows = gates(op) * HIDDEN;
        return Tensor.of(random(3, directions * rows * HIDDEN), directions, rows, HIDDEN);
    }

    private static Tensor b(String op, int directions) {
        int rows = 2 * gates(op) * HIDDEN;
        return Tensor.of(random(4, directions * rows), directions, rows);
    }

    private static Tensor x() {
        return Tensor.of(random(1, STEPS * BATCH * INPUT), STEPS, BATCH, INPUT);
    }

    @Test
    void oneUnitByHand() {
        // H1 = tanh(2 * 0.5 + 0.1), H2 = tanh(2 * 1 + 3 * H1 + 0.1)
        List<Tensor> out = NodeModel.of("RNN", 14)
                .outputs(2)
                .with("hidden_size", 1)
                .input(Tensor.of(new float[] {0.5f, 1}, 2, 1, 1))
                .constant(Tensor.of(new float[] {2}, 1, 1, 1))
                .constant(Tensor.of(new float[] {3}, 1, 1, 1))
                .constant(Tensor.of(new float[] {0.04f, 0.06f}, 1, 2))
                .run();
        double first = Math.tanh(1.1);
        double second = Math.tanh(2.1 + 3 * first);
        assertArrayEquals(
                new float[] {(float) first, (float) second}, out.get(0).toFloatArray(), 1e-6f);
        assertArrayEquals(new float[] {(float) second}, out.get(1).toFloatArray(), 1e-6f);
    }

    @Test
    void oneLstmUnitByHand() {
        List<Tensor> out = NodeModel.of("LSTM", 14)
                .outputs(3)
                .input(Tensor.of(new float[] {1}, 1, 1, 1))
                .constant(Tensor.of(new float[] {1, 2, 3, 4}, 1, 4, 1))
                .constant(Tensor.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f}, 1, 4, 1))
                .absent()
                .absent()
                .input(Tensor.of(new float[] {0.5f}, 1, 1, 1))
                .input(Tensor.of(new float[] {-2}, 1, 1, 1))
                .constant(Tensor.of(new float[] {0.7f, 0.8f, 0.9f}, 1, 3))
                .run();
        double i = sigmoid(1.05 - 2 * 0.7);
        double f = sigmoid(3.15 - 2 * 0.9);
        double c = f * -2 + i * Math.tanh(4.2);
        double h = sigmoid(2.1 + 0.8 * c) * Math.tanh(c);
        assertArrayEquals(new float[] {(float) h}, out.get(1).toFloatArray(), 1e-6f);
        assertArrayEquals(new float[] {(float) c}, out.get(2).toFloatArray(), 1e-6f);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @ParameterizedTest
    @CsvSource({"LSTM, 0", "GRU, 0", "GRU, 1", "RNN, 0"})
    void bothDirectionsAreTwoLayers(String op, int linear) {
        Tensor both = layer(op, linear, "bidirectional", 2, w(op, 2), r(op, 2), b(op, 2))
                .run()
                .getFirst();
        for (int d = 0; d < 2; d++) {
            Tensor one = layer(
                            op,
                            linear,
                            d == 0 ? "forward" : "reverse",
                            1,
                            half(w(op, 2), d),
                            half(r(op, 2), d),
                            half(b(op, 2), d))
                    .run()
                    .getFirst();
            for (int t = 0; t < STEPS; t++) {
                int size = BATCH * HIDDEN;
                int from = (t * 2 + d) * size;
                assertArrayEquals(
                        Arrays.copyOfRange(one.toFloatArray(), t * size, (t + 1) * size),
                        Arrays.copyOfRange(both.toFloatArray(), from, from + size));
            }
        }
    }

    private static NodeModel layer(String op, int linear, String direction, int threads, Tensor w, Tensor r, Tensor b) {
        NodeModel node = NodeModel.of(op, 14).with("direction", direction).threads(threads);
        if (linear == 1) {
            node.with("linear_before_reset", 1);
        }
        return node.input(x()).constant(w).constant(r).constant(b);
    }

    private static Tensor half(Tensor tensor, int d) {
        int[] dims = tensor.shape().toArray();
        dims[0] = 1;
        int size = tensor.size() / 2;
        return Tensor.of(Arrays.copyOfRange(tensor.toFloatArray(), d * size, (d + 1) * size), dims);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse"})
    void aShortSequenceEndsEarly(String direction) {
        Tensor lengths = Tensor.of(new int[] {3, 3, 3, 3, 3, 3});
        List<Tensor> masked = NodeModel.of("GRU", 14)
                .outputs(2)
                .with("direction", direction)
                .input(x())
                .input(w("GRU", 1))
                .input(r("GRU", 1))
                .absent()
                .input(lengths)
                .run();
        Tensor cut = Tensor.of(Arrays.copyOf(x().toFloatArray(), 3 * BATCH * INPUT), 3, BATCH, INPUT);
        List<Tensor> whole = NodeModel.of("GRU", 14)
                .outputs(2)
                .with("direction", direction)
                .input(cut)
                .constant(w("GRU", 1))
                .constant(r("GRU", 1))
                .run();
        int size = 3 * BATCH * HIDDEN;
        assertArrayEquals(
                whole.get(0).toFloatArray(), Arrays.copyOf(masked.get(0).toFloatArray(), size));
        assertArrayEquals(
                new float[2 * BATCH * HIDDEN],
                Arrays.copyOfRange(masked.get(0).toFloatArray(), size, size + 2 * BATCH * HIDDEN));
        assertArrayEquals(whole.get(1).toFloatArray(), masked.get(1).toFloatArray());
    }

    @Test
    void clipBoundsWhatActivationsSee() {
        Tensor y = NodeModel.of("RNN", 14)
                .with("clip", 0.5f)
                .with("activations", List.of("Relu"))
                .input(Tensor.of(new float[] {10}, 1, 1, 1))
                .constant(Tensor.of(new float[] {2}, 1, 1, 1))
                .constant(Tensor.of(new float[] {3}, 1, 1, 1))
                .run()
                .getFirst();
        assertArrayEquals(new float[] {0.5f}, y.toFloatArray());
    }

    @Test
    void refusesWeightsThatDoNotFit() {
        NodeModel node =
                NodeModel.of("LSTM", 14).input(x()).constant(w("GRU", 1)).constant(r("LSTM", 1));
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals("LSTM 'node': input W has shape [1,12,3], expected [1,16,3]", e.getMessage());
    }

    @Test
    void refusesAnUnknownActivation() {
        NodeModel node = NodeModel.of("RNN", 14)
                .with("activations", List.of("Sine"))
                .input(x())
                .constant(w("RNN", 1))
                .constant(r("RNN", 1));
        Exception e = assertThrows(InferenceException.class, node::run);
        assertTrue(e.getMessage().contains("activation 'Sine' is not known"), e.getMessage());
    }
}
