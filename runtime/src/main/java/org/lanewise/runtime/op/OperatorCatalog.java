package org.lanewise.runtime.op;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Node;

/**
 * Every operator there is: {@link OnnxOperators} and the lists of the other domains beside it, put together without reflection.
 */
public final class OperatorCatalog {
    /** Highest version of the ONNX operator set that is understood. */
    public static final int MAX_OPSET = 28;

    private static final NavigableMap<String, Entry> ENTRIES = entries();

    private record Entry(int since, OperatorFactory factory) {}

    private OperatorCatalog() {}

    /**
     * The operator of {@code node}.
     *
     * @throws UnsupportedModelException if there is none, the opset is too new, or the node asks for something the operator does not support
     */
    public static Operator create(Node node) {
        String reason = missing(node);
        if (reason != null) {
            throw new UnsupportedModelException(node.path() + ": " + reason);
        }
        Entry entry = Objects.requireNonNull(ENTRIES.get(key(node.domain(), node.opType())));
        NodeSpec spec = new NodeSpec(node);
        try {
            Operator operator = entry.factory.create(spec);
            spec.audit();
            return operator;
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException e) { // what a constructor or an exact conversion finds wrong with the attributes
            throw new GraphException(node.path() + ": " + InferenceException.reason(e), e);
        }
    }

    /** Why there is no operator for {@code node}, or {@code null} if there is one. */
    public static @Nullable String missing(Node node) {
        if (node.domain().isEmpty() && node.opset() > MAX_OPSET) {
            return "opset " + node.opset() + " is newer than " + MAX_OPSET + ", the newest that is supported";
        }
        Entry entry = ENTRIES.get(key(node.domain(), node.opType()));
        if (entry == null) {
            return "operator " + node.opType() + " of domain " + (node.domain().isEmpty() ? "ai.onnx" : node.domain())
                    + " (opset " + node.opset() + ") is not supported";
        }
        return node.opset() < entry.since
                ? "operator " + node.opType() + " exists since opset " + entry.since + ", the node is of opset "
                        + node.opset()
                : null;
    }

    /** The operators by name, {@code domain.Name} outside the ONNX domain, with the opset version each exists since. */
    public static Map<String, Integer> operators() {
        Map<String, Integer> names = new TreeMap<>();
        ENTRIES.forEach((name, entry) -> names.put(name, entry.since));
        return names;
    }

    private static String key(String domain, String opType) {
        return domain.isEmpty() ? opType : domain + "." + opType;
    }

    private static NavigableMap<String, Entry> entries() {
        Entries entries = new Entries();
        OnnxOperators.list(entries);
        MlOperators.list(entries);
        ContribOperators.list(entries);
        FusedOperators.list(entries);
        return entries.byName;
    }

    /** Collects the lists. */
    static final class Entries {
        private final NavigableMap<String, Entry> byName = new TreeMap<>();

        /** Adds an operator: its name, {@code domain.Name} outside the ONNX domain, and the first opset that has it. */
        void add(String name, int since, OperatorFactory factory) {
            if (byName.put(name, new Entry(since, factory)) != null) {
                throw new IllegalStateException("operator " + name + " is listed twice");
            }
        }
    }
}
