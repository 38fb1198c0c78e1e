package org.lanewise.testmodels.check;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.loaders.onnx.OnnxTensors;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Runs tests.
 *
 * @param options how sessions are built
 * @param tolerance what the user asks for, or {@code null} for {@link ToleranceRule}
 */
public record TestRunner(SessionOptions options, @Nullable Tolerance tolerance) {
    /** Runs a test; whatever goes wrong is its result. */
    public TestResult run(TestCase test) {
        if (test.random()) {
            return new TestResult(test.name(), TestResult.Status.SKIPPED, "its output is random");
        }
        try {
            Model model = ModelFormat.forFile("model.onnx").read(test.model());
            try (Session session = Session.open(model, options)) {
                ToleranceRule rule = new ToleranceRule(model.graph(), test);
                for (DataSet data : test.dataSets()) {
                    String difference = run(session, data, rule);
                    if (difference != null) {
                        String where = test.dataSets().size() == 1 ? "" : data.name() + ": ";
                        return new TestResult(test.name(), TestResult.Status.FAIL, oneLine(where + difference));
                    }
                }
            }
            return new TestResult(test.name(), TestResult.Status.PASS, "");
        } catch (UnsupportedModelException e) {
            return new TestResult(test.name(), TestResult.Status.UNSUPPORTED, reason(e));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            return new TestResult(test.name(), TestResult.Status.ERROR, reason(e));
        }
    }

    /** Runs one data set; returns what is wrong, or {@code null}. */
    private @Nullable String run(Session session, DataSet data, ToleranceRule rule) {
        List<ValueInfo> outputs = session.outputs();
        if (data.outputs().isEmpty() || data.outputs().size() > outputs.size()) {
            throw new ModelFormatException(data.name() + " has "
                    + data.outputs().size() + " output files, the model has " + outputs.size() + " outputs");
        }
        Map<String, OnnxValue> got =
                session.run(data.ramp() ? ramps(session.inputs()) : readInputs(session, data), null);
        for (int i = 0; i < data.outputs().size(); i++) {
            ValueInfo output = outputs.get(i);
            OnnxValue expected = read(data.outputs().get(i), output);
            Tolerance accepted = tolerance != null ? tolerance : rule.of(output.name(), expected);
            OnnxValue value = got.get(output.name());
            if (value == null) {
                return "output '" + output.name() + "' is missing";
            }
            String difference = Comparison.difference("output '" + output.name() + "'", value, expected, accepted);
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    /**
     * The recorded inputs. Old models declare their weights as inputs too: files are given to all inputs if there are as
     * many, else to those without a default.
     *
     * @throws ModelFormatException if a file is malformed or there are more files than inputs
     */
    public static Map<String, OnnxValue> readInputs(Session session, DataSet data) {
        List<ValueInfo> all = session.model().graph().inputs();
        List<ValueInfo> inputs = data.inputs().size() == all.size() ? all : session.inputs();
        if (data.inputs().size() > inputs.size()) {
            throw new ModelFormatException(data.name() + " has " + data.inputs().size()
                    + " input files, the model takes " + inputs.size() + " inputs");
        }
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        for (int i = 0; i < data.inputs().size(); i++) {
            values.put(inputs.get(i).name(), read(data.inputs().get(i), inputs.get(i)));
        }
        return values;
    }

    private static OnnxValue read(Path file, ValueInfo declared) {
        ValueType type = declared.type();
        return type == null ? OnnxTensors.readTensor(file) : OnnxTensors.read(file, type);
    }

    private static Map<String, OnnxValue> ramps(List<ValueInfo> inputs) {
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        for (ValueInfo input : inputs) {
            if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape shape))
                    || type != DataType.FLOAT
                    || !shape.isRanked()) {
                throw new ModelFormatException(
                        "a ramp as input '" + input.name() + "' needs a float tensor, the model declares " + input);
            }
            values.put(input.name(), ramp(shape));
        }
        return values;
    }

    private static Tensor ramp(PartialShape declared) {
        long[] dims = declared.toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] < 0 ? 1 : dims[i];
        }
        Shape shape = Shape.of(dims);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((double) i / values.length);
        }
        return new FloatTensor(DataType.FLOAT, shape, values, 0);
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return oneLine(
                e instanceof org.lanewise.runtime.InferenceException && message != null ? message : e.toString());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
