package org.lanewise.quantization.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.quantization.Models;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Gradients are compared with differences of the scores. */
class BackwardGraphTest {
    private static final Random RANDOM = new Random(5);

    private static Attribute ints(long... values) {
        return new Attribute.IntsValue(values);
    }

    private static Attribute number(long value) {
        return new Attribute.IntValue(value);
    }

    /** A model from x of the given shape to y. */
    record Case(String name, Model model, int[] shape) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Models models() {
        return new Models(14);
    }

    private static Tensor gaussian(int... shape) {
        int size = 1;
        for (int dim : shape) {
            size *= dim;
        }
        return Tensor.of(Models.gaussian(RANDOM, size, 0.5), shape);
    }

    /** Slopes change at 0, -0.4 and 0.6. */
    private static Tensor awayFromKinks(Tensor x) {
        float[] values = x.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            for (float kink : new float[] {0, -0.4f, 0.6f}) {
                values[i] += Math.abs(values[i] - kink) < 0.01 ? 0.03f : 0;
            }
        }
        return Tensor.of(values, x.shape().toArray());
    }

    /** The same order of values with gaps that no step closes, so that maxima stay where they are. */
    private static Tensor apart(Tensor x) {
        float[] values = x.toFloatArray();
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.02f * (Arrays.binarySearch(sorted, values[i]) - sorted.length / 2);
        }
        return Tensor.of(values, x.shape().toArray());
    }

    private static Case of(String name, Models models, int rank, int... shape) {
        long[] dims = new long[shape.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i == 0 ? -1 : shape[i];
        }
        return new Case(name, models.build(dims, rank), shape);
    }

    private static Case pool(String opType, Map<String, Attribute> attributes) {
        return of(opType, models().node(opType, "y", attributes, "x"), 4, 2, 4, 9, 8);
    }

    private static Case conv(String name, Map<String, Attribute> attributes, int... weights) {
        Models models = models().constant("w", gaussian(weights)).node("Conv", "y", attributes, "x", "w");
        return of(name, models, 4, 2, 4, 9, 8);
    }

    private static Case activation(String opType, Map<String, Attribute> attributes) {
        return of(opType, models().node(opType, "y", attributes, "x"), 2, 3, 40);
    }

    /** Of x (5, 12) or its transpose, with a bias for all rows. */
    private static Case gemm(boolean transA, boolean transB) {
        int inner = transA ? 5 : 12;
        Map<String, Attribute> attributes = Map.of(
                "alpha",
                new Attribute.FloatValue(0.5f),
                "beta",
                new Attribute.FloatValue(2),
                "transA",
                number(transA ? 1 : 0),
                "transB",
                number(transB ? 1 : 0));
        Models models = models().constant("w", transB ? gaussian(7, inner) : gaussian(inner, 7))
                .constant("b", gaussian(1, 7))
                .node("Gemm", "y", attributes, "x", "w", "b");
        return of("Gemm" + (transA ? " transA" : "") + (transB ? " transB" : ""), models, 2, 5, 12);
    }

    static List<Case> cases() {
        Attribute same = new Attribute.StringValue("SAME_UPPER");
        Models clip = models().constant("a", Tensor.scalar(-0.4f))
                .constant("b", Tensor.scalar(0.6f))
                .node("Clip", "y", "x", "a", "b");
        Models normalization = models().constant("two", Tensor.scalar(2f))
                .constant("small", Tensor.scalar(0.01f))
                .constant("scale", gaussian(10))
                .node("ReduceMean", "m", Map.of("axes", ints(-1)), "x")
                .node("Sub", "d", "x", "m")
                .node("Pow", "p", "d", "two")
                .node("ReduceMean", "v", Map.of("axes", ints(-1)), "p")
                .node("Add", "e", "v", "small")
                .node("Sqrt", "s", "e")
                .node("Div", "n", "d", "s")
                .node("Mul", "y", "n", "scale");
        Models attention = models().constant("q", gaussian(6, 6))
                .constant("k", gaussian(6, 6))
                .node("MatMul", "a", "x", "q")
                .node("MatMul", "b", "x", "k")
                .node("Transpose", "t", Map.of("perm", ints(0, 2, 1)), "b")
                .node("MatMul", "s", "a", "t")
                .node("Softmax", "p", Map.of("axis", number(-1)), "s")
                .node("MatMul", "z", "p", "b")
                .node("Add", "y", "z", "x");
        Models products = models().constant("w", gaussian(7, 12))
                .constant("c", gaussian(7))
                .constant("shape", Tensor.of(new long[] {-1, 12}, 2))
                .node("Reshape", "f", "x", "shape")
                .node("Gemm", "g", Map.of("transB", number(1)), "f", "w", "c")
                .node("Concat", "h", Map.of("axis", number(1)), "f", "g")
                .node("Mul", "y", "h", "h");
        Models batches = models().constant("w", gaussian(3, 6, 7))
                .constant("one", gaussian(1, 1, 7, 4))
                .node("MatMul", "a", "x", "w")
                .node("MatMul", "y", "a", "one");
        return List.of(
                gemm(false, false),
                gemm(false, true),
                gemm(true, false),
                gemm(true, true),
                of("products of batches", batches, 4, 2, 3, 5, 6),
                conv("padded", Map.of("pads", ints(1, 1, 1, 1)), 6, 4, 3, 3),
                conv("strides", Map.of("pads", ints(0, 0, 1, 1), "strides", ints(2, 2)), 6, 4, 3, 3),
                conv("same", Map.of("auto_pad", same, "strides", ints(2, 3)), 6, 4, 3, 3),
                conv("dilated groups", Map.of("dilations", ints(2, 1), "group", number(2)), 6, 2, 3, 3),
                conv("strides beyond the kernel", Map.of("strides", ints(3, 3)), 5, 4, 1, 1),
                conv("depthwise", Map.of("group", number(4), "strides", ints(2, 2)), 4, 1, 3, 3),
                pool("GlobalAveragePool", Map.of()),
                pool("AveragePool", Map.of("kernel_shape", ints(3, 2), "strides", ints(3, 2))),
                pool("MaxPool", Map.of("kernel_shape", ints(3, 3), "strides", ints(2, 2), "pads", ints(1, 1, 1, 1))),
                activation("Relu", Map.of()),
                activation("LeakyRelu", Map.of("alpha", new Attribute.FloatValue(0.3f))),
                activation("Sigmoid", Map.of()),
                activation("Tanh", Map.of()),
                activation("Exp", Map.of()),
                activation("Neg", Map.of()),
                activation("Erf", Map.of()),
                activation("HardSigmoid", Map.of()),
                activation("HardSwish", Map.of()),
                of("Clip", clip, 2, 3, 40),
                of("normalization", normalization, 3, 2, 5, 10),
                of("attention", attention, 3, 2, 5, 6),
                of("products", products, 2, 2, 3, 4));
    }

    private static double[] run(Model model, Map<String, Tensor> inputs, String output) {
        try (Session session = Session.open(model, Models.ONE_THREAD)) {
            Tensor tensor = Objects.requireNonNull(session.run(inputs).get(output), output);
            double[] values = new double[tensor.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = tensor.getDouble(i);
            }
            return values;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreSlopes(Case its) {
        Tensor x = its.name.equals("MaxPool") ? apart(gaussian(its.shape)) : awayFromKinks(gaussian(its.shape));
        ValueType type = ValueType.tensor(DataType.FLOAT, PartialShape.of(x.shape()));
        BackwardGraph.Built built = BackwardGraph.of(its.model.graph(), Map.of("x", type), List.of("x"), List.of());
        BackwardGraph.Seed seed = built.seeds().getFirst();
        Tensor direction = gaussian(seed.shape().toArray());
        double[] gradient = run(
                its.model.withGraph(built.graph()),
                Map.of("x", x, seed.direction(), direction),
                Objects.requireNonNull(built.gradients().get("x")));
        double[] v = new double[direction.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = direction.getDouble(i);
        }
        assertEquals(x.size(), gradient.length);
        for (int trial = 0; trial < 3; trial++) {
            double[] step = new double[x.size()];
            double[] scores = new double[2];
            float[] steps = Models.gaussian(RANDOM, x.size(), 1e-3);
            for (int side = 0; side < 2; side++) {
                float[] moved = x.toFloatArray();
                for (int i = 0; i < step.length; i++) {
                    step[i] = steps[i];
                    moved[i] += side == 0 ? -steps[i] : steps[i];
                }
                scores[side] = dot(v, run(its.model, Map.of("x", Tensor.of(moved, its.shape)), seed.value()));
            }
            double slack = 1e-5 + 0.02 * 1e-3 * Math.sqrt(dot(gradient, gradient));
            assertEquals((scores[1] - scores[0]) / 2, dot(gradient, step), slack, its.name);
        }
    }

    private static Map<String, Tensor> moved(Map<String, Tensor> constants, Map<String, float[]> steps, float factor) {
        Map<String, Tensor> moved = new LinkedHashMap<>();
        constants.forEach((name, tensor) -> {
            float[] values = tensor.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += factor * steps.get(name)[i];
            }
            moved.put(name, Tensor.of(values, tensor.shape().toArray()));
        });
        return moved;
    }

    static List<Case> casesWithWeights() {
        Models biased = models().constant("w", gaussian(6, 2, 3, 3))
                .constant("b", gaussian(6))
                .node("Conv", "y", Map.of("group", number(2), "pads", ints(1, 0, 0, 1)), "x", "w", "b");
        List<Case> all = new ArrayList<>(cases());
        all.removeIf(its -> weights(its.model).isEmpty());
        all.add(of("bias of groups", biased, 4, 2, 4, 9, 8));
        Models line = models().constant("w", gaussian(5, 3, 4))
                .node("Conv", "y", Map.of("strides", ints(2), "pads", ints(2, 1)), "x", "w");
        all.add(of("one axis", line, 3, 2, 3, 11));
        Models space = models().constant("w", gaussian(4, 2, 2, 3, 2))
                .node("Conv", "y", Map.of("group", number(2), "dilations", ints(1, 2, 1)), "x", "w");
        all.add(of("three axes", space, 5, 2, 4, 3, 6, 4));
        return all;
    }

    private static Map<String, Tensor> weights(Model model) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        model.graph().initializers().forEach((name, constant) -> {
            if (constant.type() == DataType.FLOAT && constant.shape().rank() > 0) {
                weights.put(name, constant.tensor());
            }
        });
        return weights;
    }

    private static double halfSquare(double[] scores, double[] targets) {
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            sum += (scores[i] - targets[i]) * (scores[i] - targets[i]);
        }
        return sum / 2;
    }

    @ParameterizedTest
    @MethodSource("casesWithWeights")
    void gradientsOfErrorsWithRespectToWeightsAreSlopes(Case its) {
        Tensor x = awayFromKinks(gaussian(its.shape));
        Map<String, Tensor> weights = weights(its.model);
        ValueType type = ValueType.tensor(DataType.FLOAT, PartialShape.of(x.shape()));
        BackwardGraph.Built built =
                BackwardGraph.ofErrors(its.model.graph(), Map.of("x", type), weights.keySet(), Map.of("y", 3.0));
        BackwardGraph.Seed seed = built.seeds().getFirst();
        Tensor target = gaussian(seed.shape().toArray());
        double[] wanted = new double[target.size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = target.getDouble(i);
        }
        assertEquals(weights.keySet(), built.gradients().keySet());
        Map<String, float[]> steps = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> steps.put(name, Models.gaussian(RANDOM, tensor.size(), 1e-3)));
        double[] errors = new double[2];
        for (int side = 0; side < 2; side++) {
            Map<String, Tensor> moved = moved(weights, steps, side == 0 ? -1 : 1);
            Model other = its.model.withGraph(Graphs.withConstants(its.model.graph(), moved));
            errors[side] = 3 * halfSquare(run(other, Map.of("x", x), "y"), wanted);
        }
        double slope = 0;
        double slack = 1e-5;
        for (String name : weights.keySet()) {
            double[] gradient = run(
                    its.model.withGraph(built.graph()),
                    Map.of("x", x, seed.direction(), target),
                    Objects.requireNonNull(built.gradients().get(name)));
            double[] step = new double[gradient.length];
            for (int i = 0; i < step.length; i++) {
                step[i] = steps.get(name)[i];
            }
            slope += dot(gradient, step);
            slack += 0.02 * 1e-3 * Math.sqrt(dot(gradient, gradient));
        }
        assertEquals((errors[1] - errors[0]) / 2, slope, slack, its.name);
    }

    @Test
    void scoresAreBeforeTheSoftmax() {
        Model model = models().constant("w", gaussian(8, 5))
                .node("MatMul", "z", "x", "w")
                .node("Softmax", "p", Map.of("axis", number(1)), "z")
                .node("Identity", "y", "p")
                .build(new long[] {1, 8}, 2);
        BackwardGraph.Built built = BackwardGraph.of(model.graph(), Map.of(), List.of("x"), List.of());
        assertEquals("z", built.seeds().getFirst().value());
        assertTrue(built.seeds().getFirst().centered());
        assertTrue(built.graph().nodes().stream().noneMatch(node -> node.is("Softmax")));
    }

    @Test
    void whatHasNoKnownDerivativeHasNoGradient() {
        Model model = models().node("Relu", "a", "x")
                .node("Floor", "b", "a")
                .node("Relu", "c", "x")
                .node("Add", "d", "b", "c")
                .node("Relu", "y", "d")
                .build(new long[] {1, 8}, 2);
        BackwardGraph.Built built = BackwardGraph.of(model.graph(), Map.of(), List.of("x", "a", "c", "d"), List.of());
        assertEquals(Set.of("c", "d"), built.gradients().keySet());
    }
}
