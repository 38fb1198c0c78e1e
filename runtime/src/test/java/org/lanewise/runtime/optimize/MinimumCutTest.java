package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MinimumCutTest {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    /** Against every way to label up to ten vertices. */
    @Property(tries = 100)
    void noLabelsAreCheaper(@ForAll long seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(10);
        double[][] costs = new double[count][2];
        double[][] edges = new double[count][count];
        MinimumCut cut = new MinimumCut();
        int[] vertices = new int[count];
        for (int i = 0; i < count; i++) {
            costs[i][0] = random.nextInt(6) == 0 ? NEVER : random.nextInt(100);
            costs[i][1] = costs[i][0] != NEVER && random.nextInt(6) == 0 ? NEVER : random.nextInt(100);
            vertices[i] = cut.vertex(costs[i][0], costs[i][1]);
        }
        for (int i = 0; i < 2 * count; i++) {
            int a = random.nextInt(count);
            int b = random.nextInt(count);
            if (a != b) {
                double cost = random.nextInt(60);
                edges[a][b] += cost;
                cut.edge(vertices[a], vertices[b], cost);
            }
        }
        boolean[] first = cut.solve();
        int got = 0;
        for (int i = 0; i < count; i++) {
            got |= first[vertices[i]] ? 1 << i : 0;
        }
        double least = NEVER;
        for (int labels = 0; labels < 1 << count; labels++) {
            least = Math.min(least, cost(costs, edges, labels));
        }
        assertEquals(least, cost(costs, edges, got), 1e-6);
    }

    private static double cost(double[][] costs, double[][] edges, int labels) {
        double cost = 0;
        for (int i = 0; i < costs.length; i++) {
            cost += costs[i][1 - (labels >> i & 1)];
            for (int j = 0; j < costs.length; j++) {
                cost += (labels >> i & 1) != (labels >> j & 1) ? edges[i][j] : 0;
            }
        }
        return cost;
    }

    @Test
    void neighboursAreKeptTogetherWhereThatPays() {
        MinimumCut cut = new MinimumCut();
        int a = cut.vertex(0, NEVER);
        int b = cut.vertex(5, 3);
        int c = cut.vertex(9, 1);
        cut.edge(a, b, 4);
        cut.edge(b, c, 1);
        boolean[] first = cut.solve();
        assertTrue(first[a]);
        assertTrue(first[b]);
        assertFalse(first[c]);
    }

    @Test
    void aVertexWithoutALabelIsRefused() {
        MinimumCut cut = new MinimumCut();
        cut.vertex(NEVER, NEVER);
        assertThrows(IllegalStateException.class, cut::solve);
    }
}
