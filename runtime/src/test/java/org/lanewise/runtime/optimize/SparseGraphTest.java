package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.number;

import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Whatever the shapes and the zeros of its weights, a graph computes the same with and without the passes. */
class SparseGraphTest {
    /** A graph of layers with weights that have zeros, and its input. */
    private static final class SparseGraph {
        private final Random random;
        private final GraphBuilder g;
        private final Tensor x;

        SparseGraph(long seed, boolean dynamic, boolean image, int layers) {
            random = new Random(seed);
            g = new GraphBuilder(seed + 1);
            int[] dims = image
                    ? new int[] {1 + random.nextInt(2), size(), 1 + random.nextInt(20), 1 + random.nextInt(20)}
                    : new int[] {random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(200), size()};
            x = GraphBuilder.noise(random, dims);
            long[] declared = new long[dims.length];
            for (int i = 0; i < dims.length; i++) {
                declared[i] = dynamic && i != 1 ? -1 : dims[i];
            }
            String value = g.input("x", declared);
            int channels = dims[1];
            for (int i = 0; i < layers; i++) {
                int out = size();
                value = image ? convolution(value, channels, out) : product(value, channels, out);
                if (random.nextBoolean()) {
                    value = g.node(random.nextBoolean() ? "Relu" : "Sigmoid", value);
                }
                channels = out;
            }
            g.output(value);
        }

        private int size() {
            return List.of(1, 7, 16, 33, 48, 64, 80).get(random.nextInt(7));
        }

        private String product(String value, int k, int n) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    Map<String, Attribute> attributes = and(integer("transB", 1), number("alpha", 0.5));
                    return g.node("Gemm", attributes, value, g.constant(weights(n, k)), g.noise(n));
                }
                case 1 -> {
                    return g.node("Gemm", value, g.constant(weights(k, n)));
                }
                default -> {
                    String product = g.node("MatMul", value, g.constant(weights(k, n)));
                    return random.nextBoolean() ? g.node("Add", product, g.noise(n)) : product;
                }
            }
        }

        private String convolution(String value, int in, int out) {
            int kernel = random.nextBoolean() ? 1 : 3;
            int pad = kernel / 2;
            int stride = 1 + random.nextInt(4) / 3;
            Map<String, Attribute> attributes = and(ints("pads", pad, pad, pad, pad), ints("strides", stride, stride));
            String made = g.node("Conv", attributes, value, g.constant(weights(out, in, kernel, kernel)), g.noise(out));
            if (in == out && stride == 1 && random.nextBoolean()) {
                return g.node("Add", made, value);
            }
            return made;
        }

        /** Zeros anywhere, in blocks of 2 or 4 along an axis, in half of the places, everywhere, or everywhere but in one place. */
        private Tensor weights(int... dims) {
            float[] values = new float[Shape.of(dims).size()];
            double zeros = List.of(0.5, 0.7, 0.9, 0.97).get(random.nextInt(4));
            int block = List.of(1, 1, 2, 4).get(random.nextInt(4));
            int along = random.nextBoolean() ? 1 : dims.length > 1 ? values.length / dims[0] : 1;
            int kind = random.nextInt(8);
            for (int i = 0; i < values.length; i++) {
                boolean zero = new Random((long) (i / along / block) * 31 + i % along).nextDouble() < zeros;
                values[i] = zero || kind == 0 ? 0 : random.nextFloat(-1, 1);
                values[i] = kind == 1 && i % 2 == 0 ? -0f : values[i];
            }
            if (kind == 0 && random.nextBoolean()) {
                values[random.nextInt(values.length)] = 1;
            }
            return Tensor.wrap(DataType.FLOAT, Shape.of(dims), values, 0);
        }

        Graph graph() {
            return g.build();
        }
    }

    @Property(tries = 150)
    void optimizedIsRaw(
            @ForAll long seed,
            @ForAll boolean dynamic,
            @ForAll boolean image,
            @ForAll @IntRange(min = 1, max = 4) int layers) {
        SparseGraph sparse = new SparseGraph(seed, dynamic, image, layers);
        Rewritten.check(sparse.graph(), Map.of("x", sparse.x));
    }

    /** Else the property above would say nothing. */
    @Test
    void manyOfTheseGraphsAreMarked() {
        int marked = 0;
        for (int seed = 0; seed < 40; seed++) {
            SparseGraph sparse = new SparseGraph(seed, seed % 2 == 0, seed % 4 < 2, 3);
            Graph graph =
                    Pipeline.standard().run(sparse.graph(), Integer.MAX_VALUE).graph();
            marked += graph.nodes().stream().anyMatch(SparseWeights::marks) ? 1 : 0;
        }
        assertTrue(marked >= 10, marked + " of 40");
    }
}
