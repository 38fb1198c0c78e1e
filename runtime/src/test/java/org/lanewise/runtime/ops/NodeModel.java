package org.lanewise.runtime.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.RunBinding;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** A model of one node whose inputs may be constants, run in a session without passes on a number of threads; {@link OneNode} is for operators without weights. */
public final class NodeModel {
    private final String domain;
    private final String opType;
    private final int opset;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, Initializer> constants = new LinkedHashMap<>();
    private int outputs = 1;
    private int threads = 1;

    private NodeModel(String domain, String opType, int opset) {
        this.domain = domain;
        this.opType = opType;
        this.opset = opset;
    }

    /** An ONNX operator. */
    public static NodeModel of(String opType, int opset) {
        return new NodeModel("", opType, opset);
    }

    /** An operator of another domain. */
    public static NodeModel of(String domain, String opType, int opset) {
        return new NodeModel(domain, opType, opset);
    }

    /** An operator of Lanewise's own domain. */
    public static NodeModel fused(String opType) {
        return new NodeModel("org.lanewise", opType, 1);
    }

    /** An operator of ONNX Runtime's domain. */
    public static NodeModel contrib(String opType) {
        return new NodeModel("com.microsoft", opType, 1);
    }

    public NodeModel with(String name, float[] value) {
        attributes.put(name, new Attribute.FloatsValue(value));
        return this;
    }

    public NodeModel with(String name, long value) {
        attributes.put(name, new Attribute.IntValue(value));
        return this;
    }

    public NodeModel with(String name, long[] value) {
        attributes.put(name, new Attribute.IntsValue(value));
        return this;
    }

    public NodeModel with(String name, float value) {
        attributes.put(name, new Attribute.FloatValue(value));
        return this;
    }

    public NodeModel with(String name, String value) {
        attributes.put(name, new Attribute.StringValue(value));
        return this;
    }

    public NodeModel with(String name, List<String> value) {
        attributes.put(name, new Attribute.StringsValue(value));
        return this;
    }

    public NodeModel with(String name, Tensor value) {
        attributes.put(name, new Attribute.TensorValue(value));
        return this;
    }

    /** The next input, given to the run. */
    public NodeModel input(Tensor value) {
        inputs.put(next(), value);
        return this;
    }

    /** The next input, an initializer. */
    public NodeModel constant(Tensor value) {
        constants.put(next(), Initializer.of(value));
        return this;
    }

    /** The next input is absent. */
    public NodeModel absent() {
        names.add("");
        return this;
    }

    public NodeModel outputs(int count) {
        outputs = count;
        return this;
    }

    public NodeModel threads(int count) {
        threads = count;
        return this;
    }

    /** The outputs. */
    public List<Tensor> run() {
        try (Session session = open()) {
            return List.copyOf(session.run(inputs).values());
        }
    }

    /** The outputs of a bound run that follows one on other values of the inputs, which {@code change} then sets. */
    public List<Tensor> runAgain(Runnable change) {
        try (Session session = open()) {
            RunBinding binding = session.bind(inputs);
            binding.run();
            change.run();
            binding.run();
            return IntStream.range(0, outputs)
                    .mapToObj(i -> binding.output("out" + i))
                    .toList();
        }
    }

    /** The tensors given to a run, in the order of the inputs. */
    public List<Tensor> given() {
        return List.copyOf(inputs.values());
    }

    /** A session and its binding. */
    public record Bound(Session session, RunBinding binding) implements AutoCloseable {
        @Override
        public void close() {
            session.close();
        }
    }

    /** Binds the model to its inputs and to these outputs, those before them left free. */
    public Bound bind(int firstOutput, Tensor... places) {
        Session session = open();
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int i = 0; i < places.length; i++) {
            named.put("out" + (firstOutput + i), places[i]);
        }
        try {
            return new Bound(session, session.bind(inputs, named));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private Session open() {
        List<String> outputNames = new ArrayList<>();
        List<ValueInfo> outputInfos = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            outputNames.add("out" + i);
            outputInfos.add(new ValueInfo("out" + i, null));
        }
        List<ValueInfo> inputInfos = new ArrayList<>();
        inputs.forEach((name, value) -> inputInfos.add(new ValueInfo(name, value.valueType())));
        Node node = new Node("node", domain, opType, opset, names, outputNames, attributes);
        Graph graph = Graph.of("g", inputInfos, outputInfos, List.of(node), constants, Map.of());
        Model model = new Model(graph, 8, Map.of(domain, opset), "", "", Map.of());
        return Session.open(model, SessionOptions.DEFAULT.raw().withThreads(threads));
    }

    private String next() {
        String name = "in" + names.size();
        names.add(name);
        return name;
    }
}
