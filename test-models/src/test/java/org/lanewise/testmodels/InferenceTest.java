package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;
import org.lanewise.testmodels.check.DataSet;
import org.lanewise.testmodels.check.TestCase;
import org.lanewise.testmodels.check.TestRunner;
import org.lanewise.testmodels.check.TestSuite;

/**
 * What inference says of every value of ONNX's test models holds in the run: with the input shapes known, with what the model declares, with ranks only, and
 * with nothing known but the element types.
 */
class InferenceTest {
    /** How much inference is told of the inputs. */
    private enum Knowledge {
        EXACT,
        DECLARED,
        RANK,
        TYPE;

        ValueType of(ValueInfo input, @Nullable OnnxValue given) {
            ValueType exact = given == null ? null : given.valueType();
            return switch (this) {
                case EXACT -> exact == null ? input.type() : exact;
                case DECLARED -> input.type();
                case RANK -> vague(exact == null ? input.type() : exact, true);
                case TYPE -> vague(exact == null ? input.type() : exact, false);
            };
        }

        private static ValueType vague(ValueType type, boolean ranked) {
            return switch (type) {
                case ValueType.Of(DataType element, PartialShape shape) ->
                    ValueType.tensor(
                            element,
                            ranked && shape.isRanked() ? PartialShape.ofRank(shape.rank()) : PartialShape.unranked());
                case ValueType.SequenceOf(ValueType element) -> new ValueType.SequenceOf(vague(element, ranked));
                case ValueType.OptionalOf(ValueType element) -> new ValueType.OptionalOf(vague(element, ranked));
                case ValueType.MapOf map -> map;
            };
        }
    }

    @ParameterizedTest
    @CsvSource({"conformance/conformance-dev.zip, 1450", "conformance/conformance-models.zip, 110", "models, 7"})
    void holdsInTheRun(String path, int atLeast) throws IOException {
        List<String> failures = new ArrayList<>();
        int checked = 0;
        try (TestSuite suite = TestSuite.open(SharedFolder.require(path), null)) {
            for (TestCase test : suite.tests()) {
                checked += check(test, failures) ? 1 : 0;
            }
        }
        assertEquals("", String.join("\n", failures));
        assertTrue(checked >= atLeast, checked + " models ran");
    }

    private static boolean check(TestCase test, List<String> failures) {
        Model model = ModelFormat.forFile("model.onnx").read(test.model());
        DataSet data = test.dataSets().getFirst();
        if (data.ramp()) {
            return false;
        }
        Map<String, OnnxValue> actual = new HashMap<>();
        try (Session session = Session.open(model, SessionOptions.DEFAULT.raw().withThreads(1))) {
            Map<String, OnnxValue> inputs = TestRunner.readInputs(session, data);
            session.run(inputs, new Collector(actual));
            for (Knowledge knowledge : Knowledge.values()) {
                compare(test.name() + ", " + knowledge, model.graph(), inputs, knowledge, actual, failures);
            }
        } catch (UnsupportedModelException | RunException e) {
            return false; // ConformanceTest knows which models must run
        }
        return true;
    }

    private static void compare(
            String what,
            Graph graph,
            Map<String, OnnxValue> inputs,
            Knowledge knowledge,
            Map<String, OnnxValue> actual,
            List<String> failures) {
        Map<String, ValueType> types = new HashMap<>();
        for (ValueInfo input : graph.inputs()) {
            types.put(input.name(), knowledge.of(input, inputs.get(input.name())));
        }
        Inference inference;
        try {
            inference =
                    knowledge == Knowledge.EXACT ? Inference.of(graph).refine(types) : Inference.of(graph, types, null);
        } catch (RuntimeException e) {
            failures.add(what + ": " + e);
            return;
        }
        actual.forEach((name, value) -> {
            ValueType inferred = inference.type(name);
            if (inferred == null || !accepts(inferred, value)) {
                failures.add(what + ": '" + name + "' is inferred as " + inferred + ", but is " + value.valueType());
            }
            if (inference.known(name) instanceof Tensor known && !sameElements(known, (Tensor) value)) {
                failures.add(what + ": '" + name + "' is known as another value than the run gives");
            }
        });
    }

    private static boolean accepts(ValueType type, OnnxValue value) {
        return switch (type) {
            case ValueType.Of(DataType element, PartialShape shape) ->
                value instanceof Tensor tensor && tensor.type() == element && shape.accepts(tensor.shape());
            case ValueType.SequenceOf(ValueType element) ->
                value instanceof SequenceValue sequence
                        && sequence.elements().stream().allMatch(each -> accepts(element, each));
            case ValueType.OptionalOf(ValueType element) ->
                value instanceof OptionalValue optional
                        ? optional.value() == null || accepts(element, optional.value())
                        : accepts(element, value);
            case ValueType.MapOf map -> value.valueType().equals(map);
        };
    }

    private static boolean sameElements(Tensor known, Tensor value) {
        if (!known.shape().equals(value.shape()) || known.type() != value.type()) {
            return false;
        }
        for (int i = 0; i < known.size(); i++) {
            if (known.type() != DataType.STRING && Double.compare(known.getDouble(i), value.getDouble(i)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Keeps what the steps of the main graph give. */
    private record Collector(Map<String, OnnxValue> values) implements RunListener {
        @Override
        public void stepFinished(
                StepInfo step,
                @Nullable String kernel,
                long startNanos,
                long endNanos,
                List<@Nullable OnnxValue> inputs,
                List<@Nullable OnnxValue> outputs) {
            for (int i = 0; i < outputs.size() && step.depth() == 0; i++) {
                OnnxValue value = outputs.get(i);
                if (value != null && !step.node().output(i).isEmpty()) {
                    values.put(step.node().output(i), value instanceof Tensor tensor ? tensor.copy() : value);
                }
            }
        }
    }
}
