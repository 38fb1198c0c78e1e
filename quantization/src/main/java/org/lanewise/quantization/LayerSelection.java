package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.lanewise.runtime.graph.Node;

/**
 * A choice of layers, such as those that stay in fp32.
 *
 * @param names names of nodes; a {@code *} stands for any characters
 * @param types operators, such as {@code Gemm}
 */
public record LayerSelection(Set<String> names, Set<String> types) {
    /** None; of layers to leave out: all stay in. */
    public static final LayerSelection ALL = new LayerSelection(Set.of(), Set.of());

    private static final int SUGGESTIONS = 3;

    /** Copies the sets. */
    public LayerSelection {
        names = Set.copyOf(names);
        types = Set.copyOf(types);
    }

    /** Whether {@code node} is chosen. */
    public boolean contains(Node node) {
        return !exclusion(node).isEmpty();
    }

    /** Why the user wants {@code node} left out, or the empty string. */
    public String exclusion(Node node) {
        if (types.contains(node.opType())) {
            return "operator " + node.opType() + " is excluded";
        }
        return names.stream().anyMatch(name -> matches(name, node.name())) ? "excluded by name" : "";
    }

    private static boolean matches(String pattern, String name) {
        if (pattern.equals(name)) {
            return true;
        }
        if (pattern.indexOf('*') < 0) {
            return false;
        }
        String[] parts = pattern.split("\\*", -1);
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            int found = i == parts.length - 1 ? name.length() - parts[i].length() : name.indexOf(parts[i], at);
            if (found < at || i == 0 && found != 0 || !name.startsWith(parts[i], found)) {
                return false;
            }
            at = found + parts[i].length();
        }
        return true;
    }

    /** {@link #check}, and refuses to leave out all. */
    void checkSome(Collection<Node> layers) {
        check(layers);
        if (layers.stream().allMatch(this::contains)) {
            throw new QuantizationException(
                    "nothing is left to quantize: all " + layers.size() + " layers that could be are excluded");
        }
    }

    /**
     * Refuses names and types that no layer has.
     *
     * @throws QuantizationException naming the nearest there are
     */
    void check(Collection<Node> layers) {
        check(layers, "quantize");
    }

    /**
     * Refuses names and types that no layer has.
     *
     * @param what is done to layers, such as {@code prune}
     * @throws QuantizationException naming the nearest there are
     */
    public void check(Collection<Node> layers, String what) {
        for (String name : names) {
            if (layers.stream().noneMatch(layer -> matches(name, layer.name()))) {
                throw new QuantizationException("no layer to " + what + " is called '" + name + "'; the nearest: "
                        + nearest(name, layers.stream().map(Node::name).toList()));
            }
        }
        for (String type : types) {
            if (layers.stream().noneMatch(layer -> layer.opType().equals(type))) {
                throw new QuantizationException("no layer to " + what + " is a '" + type + "'; there are "
                        + new TreeSet<>(layers.stream().map(Node::opType).toList()));
            }
        }
    }

    private static String nearest(String name, List<String> candidates) {
        List<String> sorted = new ArrayList<>(candidates);
        sorted.sort(Comparator.comparingInt(candidate -> distance(name, candidate)));
        return String.join(", ", sorted.subList(0, Math.min(SUGGESTIONS, sorted.size())));
    }

    /** Insertions, deletions and changes of a character that make one text the other (Levenshtein); a text inside the other is nearest. */
    private static int distance(String a, String b) {
        if (b.contains(a) || a.contains(b)) {
            return 0;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
