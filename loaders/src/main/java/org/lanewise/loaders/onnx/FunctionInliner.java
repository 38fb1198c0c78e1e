package org.lanewise.loaders.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.lanewise.loaders.onnx.ModelScope.FunctionId;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Replaces every call of a model's functions by the nodes of the function: in the main graph, its subgraphs and the functions themselves. Values of a
 * function get new names that start with the name of the call; its outputs get the names the call gives them.
 */
final class FunctionInliner {
    private final ModelScope model;
    private final Map<FunctionId, FunctionProto> functions;
    private final int opset;
    private final FreshNames names;
    private final Deque<FunctionId> calls = new ArrayDeque<>();

    /** A call being inlined. */
    private record Call(Node node, FunctionProto function) {}

    private FunctionInliner(ModelScope model, Map<FunctionId, FunctionProto> functions, int opset, FreshNames names) {
        this.model = model;
        this.functions = functions;
        this.opset = opset;
        this.names = names;
    }

    /**
     * The graph without calls.
     *
     * @param opset version of the ONNX operator set of the model
     * @throws GraphException if a function calls itself, directly or not, or a call does not fit its function
     */
    static Graph inline(Graph main, ModelScope model, Map<FunctionId, FunctionProto> functions, int opset) {
        return functions.isEmpty()
                ? main
                : new FunctionInliner(model, functions, opset, new FreshNames(main)).graph(main);
    }

    private Graph graph(Graph graph) {
        names.charge(1L + graph.nodes().size());
        List<Node> nodes = new ArrayList<>();
        graph.nodes().forEach(node -> expand(node, nodes));
        return Graph.of(graph.name(), graph.inputs(), graph.outputs(), nodes, graph.initializers(), graph.valueTypes());
    }

    private void expand(Node node, List<Node> out) {
        FunctionProto function = functions.get(new FunctionId(node.domain(), node.opType(), model.overload(node)));
        if (function == null) {
            out.add(withInlinedGraphs(node));
            return;
        }
        check(node, function);
        // Graphs the call passes on may themselves call this function, which is no recursion: they are done before
        Call call = new Call(withInlinedGraphs(node), function);
        calls.addLast(function.id());
        FreshNames.Scope scope =
                names.call(node.name().isEmpty() ? function.id().name() : node.name());
        for (int i = 0; i < function.body().inputs().size(); i++) {
            scope.bind(function.body().inputs().get(i).name(), node.input(i));
        }
        List<Node> copies = bindOutputs(node, function, scope);
        for (Node inner : function.body().nodes()) {
            expand(instantiate(inner, scope, call), out);
        }
        out.addAll(copies);
        calls.removeLast();
    }

    private Node withInlinedGraphs(Node node) {
        if (node.attributes().values().stream().noneMatch(FunctionInliner::holdsGraphs)) {
            return node;
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        node.attributes().forEach((name, value) -> attributes.put(name, mapGraphs(value, this::graph)));
        return node.withAttributes(attributes);
    }

    private static boolean holdsGraphs(Attribute attribute) {
        return attribute instanceof Attribute.GraphValue || attribute instanceof Attribute.GraphsValue;
    }

    private static Attribute mapGraphs(Attribute attribute, UnaryOperator<Graph> mapping) {
        return switch (attribute) {
            case Attribute.GraphValue(Graph inner) -> new Attribute.GraphValue(mapping.apply(inner));
            case Attribute.GraphsValue(List<Graph> inner) ->
                new Attribute.GraphsValue(inner.stream().map(mapping).toList());
            default -> attribute;
        };
    }

    private void check(Node call, FunctionProto function) {
        Graph body = function.body();
        String problem = null;
        if (calls.contains(function.id())) {
            problem = "function " + function.id() + " calls itself through " + calls;
        } else if (calls.size() >= Limits.DEPTH) {
            problem = "functions call each other more than " + Limits.DEPTH + " deep";
        } else if (call.inputs().size() > body.inputs().size()) {
            problem = call.inputs().size() + " inputs, function " + function.id() + " has "
                    + body.inputs().size();
        } else if (call.outputs().size() > body.outputs().size()) {
            problem = call.outputs().size() + " outputs, function " + function.id() + " has "
                    + body.outputs().size();
        } else if (!function.attributes().containsAll(call.attributes().keySet())) {
            problem = "attributes " + call.attributes().keySet() + ", function " + function.id() + " has "
                    + function.attributes();
        }
        if (problem != null) {
            throw new GraphException(call.path() + ": " + problem);
        }
        names.charge(1L + body.inputs().size() + body.outputs().size());
    }

    /** Gives the function's outputs the names of the call's; returns a copying node for each that has another name already. */
    private List<Node> bindOutputs(Node call, FunctionProto function, FreshNames.Scope scope) {
        List<Node> copies = new ArrayList<>();
        for (int i = 0; i < call.outputs().size(); i++) {
            String inner = function.body().outputs().get(i).name();
            String outer = call.output(i);
            if (outer.isEmpty()) {
                continue;
            }
            String bound = scope.lookup(inner);
            if (bound == null) {
                scope.bind(inner, outer);
            } else if (bound.isEmpty()) {
                throw new GraphException(call.path() + ": output '" + outer + "' is an input that the call leaves out");
            } else {
                copies.add(new Node(
                        scope.nodeName(inner), "", "Identity", opset, List.of(bound), List.of(outer), Map.of()));
            }
        }
        return copies;
    }

    /** A node of a function with the names and attributes of a call. */
    private Node instantiate(Node node, FreshNames.Scope scope, Call call) {
        names.charge((long) node.inputs().size()
                + node.outputs().size()
                + node.attributes().size());
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        node.attributes().forEach((name, value) -> {
            if (value instanceof Attribute.Reference(String parameter)) {
                Attribute given = call.node
                        .attributes()
                        .getOrDefault(parameter, call.function.defaults().get(parameter));
                if (given != null) {
                    attributes.put(name, given);
                }
            } else {
                attributes.put(name, mapGraphs(value, graph -> instantiate(graph, scope.nested(), call)));
            }
        });
        Node instance = new Node(
                scope.nodeName(node.name().isEmpty() ? node.opType() : node.name()),
                node.domain(),
                node.opType(),
                node.opset(),
                node.inputs().stream().map(scope::resolve).toList(),
                node.outputs().stream().map(scope::resolve).toList(),
                attributes);
        model.overload(instance, model.overload(node));
        return instance;
    }

    private Graph instantiate(Graph graph, FreshNames.Scope scope, Call call) {
        graph.inputs().forEach(input -> scope.define(input.name()));
        graph.initializers().keySet().forEach(scope::define);
        graph.nodes().forEach(node -> node.outputs().forEach(scope::define));
        names.charge((long) graph.outputs().size() + graph.valueTypes().size());
        Map<String, Initializer> initializers = new LinkedHashMap<>();
        graph.initializers().forEach((name, constant) -> initializers.put(scope.resolve(name), constant));
        Map<String, ValueType> valueTypes = new LinkedHashMap<>();
        graph.valueTypes().forEach((name, type) -> valueTypes.put(scope.resolve(name), type));
        return Graph.of(
                graph.name(),
                renamed(graph.inputs(), scope),
                renamed(graph.outputs(), scope),
                graph.nodes().stream()
                        .map(node -> instantiate(node, scope, call))
                        .toList(),
                initializers,
                valueTypes);
    }

    private static List<ValueInfo> renamed(List<ValueInfo> infos, FreshNames.Scope scope) {
        return infos.stream()
                .map(info -> new ValueInfo(scope.resolve(info.name()), info.type(), info.doc()))
                .toList();
    }
}
