package org.lanewise.runtime.optimize;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The cheapest way to give every vertex one of two labels, where each label of a vertex has a cost and so has each edge whose ends differ: a minimum cut, found by augmenting shortest paths (Edmonds and Karp, 1972).
 */
final class MinimumCut {
    private static final int SOURCE = 0;
    private static final int SINK = 1;

    /** Flows below this are rounding. */
    private static final double LEAST = 1e-6;

    private record Arc(int to, int reverse) {}

    private final List<List<Arc>> arcs = new ArrayList<>();
    private final List<List<Double>> room = new ArrayList<>();

    MinimumCut() {
        vertex();
        vertex();
    }

    private int vertex() {
        arcs.add(new ArrayList<>());
        room.add(new ArrayList<>());
        return arcs.size() - 1;
    }

    /** A new vertex: what it costs with the first label and with the second; {@link Double#POSITIVE_INFINITY} for never. */
    int vertex(double first, double second) {
        int vertex = vertex();
        connect(SOURCE, vertex, second, 0);
        connect(vertex, SINK, first, 0);
        return vertex;
    }

    /** What it costs if two vertices have different labels, added to what was said before. */
    void edge(int a, int b, double cost) {
        connect(a, b, cost, cost);
    }

    private void connect(int a, int b, double forth, double back) {
        arcs.get(a).add(new Arc(b, arcs.get(b).size()));
        room.get(a).add(forth);
        arcs.get(b).add(new Arc(a, arcs.get(a).size() - 1));
        room.get(b).add(back);
    }

    /** For each vertex whether it has the first label. */
    boolean[] solve() {
        int[] from = new int[arcs.size()];
        int[] by = new int[arcs.size()];
        while (reach(from, by)) {
            double flow = Double.POSITIVE_INFINITY;
            for (int v = SINK; v != SOURCE; v = from[v]) {
                flow = Math.min(flow, room.get(from[v]).get(by[v]));
            }
            if (flow == Double.POSITIVE_INFINITY) {
                throw new IllegalStateException("a vertex may have neither label");
            }
            for (int v = SINK; v != SOURCE; v = from[v]) {
                Arc arc = arcs.get(from[v]).get(by[v]);
                room.get(from[v]).set(by[v], room.get(from[v]).get(by[v]) - flow);
                room.get(v).set(arc.reverse, room.get(v).get(arc.reverse) + flow);
            }
        }
        boolean[] first = new boolean[arcs.size()];
        for (int v = 0; v < first.length; v++) {
            first[v] = from[v] >= 0;
        }
        return first;
    }

    /** Finds how each vertex is reached from the source, -1 where it is not; whether the sink is. */
    private boolean reach(int[] from, int[] by) {
        Arrays.fill(from, -1);
        from[SOURCE] = SOURCE;
        ArrayDeque<Integer> next = new ArrayDeque<>();
        next.add(SOURCE);
        while (!next.isEmpty() && from[SINK] < 0) {
            int v = next.remove();
            for (int i = 0; i < arcs.get(v).size(); i++) {
                int to = arcs.get(v).get(i).to;
                if (from[to] < 0 && room.get(v).get(i) > LEAST) {
                    from[to] = v;
                    by[to] = i;
                    next.add(to);
                }
            }
        }
        return from[SINK] >= 0;
    }
}
