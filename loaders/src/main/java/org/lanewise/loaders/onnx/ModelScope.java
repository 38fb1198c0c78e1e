package org.lanewise.loaders.onnx;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.lanewise.runtime.graph.Node;

/** What all graphs and functions of one model share while they are read. */
final class ModelScope {
    /** Identifies a function; the overload is usually empty. */
    record FunctionId(String domain, String name, String overload) {
        @Override
        public String toString() {
            return (domain.isEmpty() ? "" : domain + ".") + name + (overload.isEmpty() ? "" : ":" + overload);
        }
    }

    private final boolean overridable;
    private final Set<FunctionId> functions = new HashSet<>();
    private final Set<FunctionId> anyOverload = new HashSet<>();
    private final Map<Node, String> overloads = new IdentityHashMap<>();
    private int nodes;

    /** With whether an initializer that is also a graph input is a default that the caller may override. */
    ModelScope(boolean overridable) {
        this.overridable = overridable;
    }

    boolean overridable() {
        return overridable;
    }

    /** Announces a function; {@code false} if there is one of the same name already. */
    boolean declare(FunctionId function) {
        anyOverload.add(new FunctionId(function.domain(), function.name(), ""));
        return functions.add(function);
    }

    boolean callsFunction(String domain, String opType) {
        return anyOverload.contains(new FunctionId(domain, opType, ""));
    }

    /** Notes which overload of a function a node calls. */
    void overload(Node node, String overload) {
        if (!overload.isEmpty()) {
            overloads.put(node, overload);
        }
    }

    /** Which overload of a function a node calls; empty if it does not say. */
    String overload(Node node) {
        return overloads.getOrDefault(node, "");
    }

    /** Counts one more node. */
    void countNode(ProtoReader at) {
        if (++nodes > Limits.NODES) {
            throw at.fail("more than " + Limits.NODES + " nodes");
        }
    }
}
