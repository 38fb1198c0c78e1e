package org.lanewise.runtime.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** A graph of one node, for tests of operators: runs it with static shapes and with unknown ones, and checks that both agree. */
public final class OneNode {
    private final String opType;
    private final int opset;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private int outputs = 1;

    private OneNode(String opType, int opset) {
        this.opType = opType;
        this.opset = opset;
    }

    public static OneNode of(String opType, int opset) {
        return new OneNode(opType, opset);
    }

    public OneNode with(String name, long value) {
        attributes.put(name, new Attribute.IntValue(value));
        return this;
    }

    public OneNode with(String name, float value) {
        attributes.put(name, new Attribute.FloatValue(value));
        return this;
    }

    public OneNode with(String name, String value) {
        attributes.put(name, new Attribute.StringValue(value));
        return this;
    }

    public OneNode with(String name, long... value) {
        attributes.put(name, new Attribute.IntsValue(value));
        return this;
    }

    public OneNode outputs(int count) {
        outputs = count;
        return this;
    }

    /** The first output; {@code null} stands for an absent input. */
    public Tensor run(@Nullable Tensor... inputs) {
        return runAll(inputs).get(0);
    }

    /** All outputs. */
    public List<Tensor> runAll(@Nullable Tensor... inputs) {
        List<Tensor> known = run(false, inputs);
        List<Tensor> unknown = run(true, inputs);
        for (int i = 0; i < known.size(); i++) {
            if (!known.get(i).toString().equals(unknown.get(i).toString())) {
                throw new AssertionError("static shapes give " + known.get(i) + ", dynamic ones " + unknown.get(i));
            }
        }
        return known;
    }

    private List<Tensor> run(boolean dynamic, @Nullable Tensor... inputs) {
        List<String> names = new ArrayList<>();
        List<ValueInfo> infos = new ArrayList<>();
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            Tensor input = inputs[i];
            names.add(input == null ? "" : "x" + i);
            if (input != null) {
                PartialShape shape = dynamic ? PartialShape.unranked() : PartialShape.of(input.shape());
                infos.add(new ValueInfo("x" + i, ValueType.tensor(input.type(), shape)));
                values.put("x" + i, input);
            }
        }
        List<String> results = new ArrayList<>();
        List<ValueInfo> resultInfos = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            results.add("y" + i);
            resultInfos.add(new ValueInfo("y" + i, null));
        }
        Node node = new Node("n", "", opType, opset, names, results, attributes);
        Graph graph = Graph.of("g", infos, resultInfos, List.of(node), Map.of(), Map.of());
        Model model = new Model(graph, 10, Map.of("", opset), "", "", Map.of());
        try (Session session = Session.open(model, SessionOptions.DEFAULT.raw().withThreads(2))) {
            return new ArrayList<>(session.run(values).values());
        }
    }
}
