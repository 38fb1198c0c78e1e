package org.lanewise.runtime.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import org.lanewise.runtime.GraphException;

/** Sorts nodes so that every value is computed before it is used, changing the given order as little as possible (Kahn's algorithm). */
final class TopologicalOrder {
    private TopologicalOrder() {}

    static List<Node> sort(String graphName, List<Node> nodes) {
        Map<String, Integer> producer = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                producer.put(output, i);
            }
        }
        int[] waiting = new int[nodes.size()];
        List<List<Integer>> consumers = new ArrayList<>();
        nodes.forEach(node -> consumers.add(new ArrayList<>()));
        for (int i = 0; i < nodes.size(); i++) {
            for (String name : dependencies(nodes.get(i))) {
                Integer from = producer.get(name);
                if (from != null) {
                    consumers.get(from).add(i);
                    waiting[i]++;
                }
            }
        }
        Queue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < waiting.length; i++) {
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        List<Node> sorted = new ArrayList<>(nodes.size());
        while (!ready.isEmpty()) {
            int i = ready.remove();
            sorted.add(nodes.get(i));
            for (int consumer : consumers.get(i)) {
                if (--waiting[consumer] == 0) {
                    ready.add(consumer);
                }
            }
        }
        if (sorted.size() < nodes.size()) {
            throw new GraphException("graph '" + graphName + "' has a cycle: " + cycle(nodes, producer, waiting));
        }
        return sorted;
    }

    private static Set<String> dependencies(Node node) {
        Set<String> names = new LinkedHashSet<>(node.inputs());
        names.addAll(node.captures());
        names.remove("");
        return names;
    }

    /** Walks from a node that never became ready to one it waits for, until one comes twice. */
    private static String cycle(List<Node> nodes, Map<String, Integer> producer, int[] waiting) {
        int at = 0;
        while (waiting[at] == 0) {
            at++;
        }
        ArrayDeque<Integer> path = new ArrayDeque<>();
        Set<Integer> seen = new HashSet<>();
        while (seen.add(at)) {
            path.addLast(at);
            for (String name : dependencies(nodes.get(at))) {
                Integer from = producer.get(name);
                if (from != null && waiting[from] > 0) {
                    at = from;
                    break;
                }
            }
        }
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (int i : path) {
            inside |= i == at;
            if (inside) {
                text.append(nodes.get(i).path()).append(" <- ");
            }
        }
        return text.append(nodes.get(at).path()).toString();
    }
}
