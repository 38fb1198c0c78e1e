package org.lanewise.runtime.optimize;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.DepthwiseCost;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.kernels.sparse.Sparsity;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.nn.Conv;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.ops.nn.SparseColumns;
import org.lanewise.runtime.ops.nn.SparseMatrix;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Leaves 1x1 convolutions whose weights have zeros channels first, and depthwise ones between them, where that is expected to be faster than {@link ChannelsLast}: channels first, the pixels of a channel lie side by side, so a sparse kernel
 * transposes nothing. Which ones is the cheapest division of the whole graph in two, with the transposes on its border among the costs. Runs before {@link ChannelsLast}, which does not touch what is left.
 */
public final class SparseLayout implements Pass {
    /** The pass's name. */
    public static final String NAME = "sparse-layout";

    /** How many times as long transposes and depthwise convolutions take on a Xeon where ports are shared, whose products have constants of their own, as on the machine that these were measured on. */
    private static final double SLOWER = Processor.SHARED_PORTS && Simd.LANES > 8 ? 1.5 : 1;

    /** Moving a value from one layout to the other, in nanoseconds: within the second-level cache, and from behind it. */
    private static final double TRANSPOSE = 0.3 * SLOWER;

    private static final double TRANSPOSE_FAR = 0.65 * SLOWER;
    private static final int NEAR_VALUES = 150_000;

    /** The same for the output of a convolution that {@link PlanarOutput} lets transpose it row by row. */
    private static final double TRANSPOSE_WRITTEN = 0.1 * SLOWER;

    /** Share of zeros from which on weights are worth a look. */
    private static final double LEAST_SHARE = 0.3;

    /** Sparse kernels must be expected to be this much faster than dense ones, as everywhere. */
    private static final double MARGIN = SparseMatrix.LEAST_GAIN;

    /** What layers that are no reason to stay channels first are taken to cost there in addition, so that none stays for nothing. */
    private static final double DENSE_MARGIN = 1.03;

    private static final double NEVER = Double.POSITIVE_INFINITY;

    /**
     * What a node costs.
     *
     * @param first channels first
     * @param last channels last
     * @param gains whether it has weights that are a reason to stay channels first
     */
    private record Cost(double first, double last, boolean gains) {
        /** In the layout of the nodes around it. */
        static final Cost EITHER = new Cost(0, 0, false);

        static final Cost FIRST = new Cost(0, NEVER, false);
        static final Cost LAST = new Cost(NEVER, 0, false);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        Map<Node, Cost> costs = new LinkedHashMap<>();
        boolean[] gains = new boolean[1];
        editor.forEach(node -> {
            Cost cost = cost(editor, types, node);
            costs.put(node, cost);
            gains[0] |= cost.gains;
        });
        if (!gains[0]) {
            return;
        }
        MinimumCut cut = new MinimumCut();
        Map<Node, Integer> vertices = new HashMap<>();
        costs.forEach((node, cost) -> vertices.put(node, cut.vertex(cost.first, cost.last)));
        int outside = cut.vertex(Cost.FIRST.first, Cost.FIRST.last);
        costs.keySet().forEach(node -> connect(editor, types, cut, vertices, outside, node));
        boolean[] first = cut.solve();
        costs.forEach((node, cost) -> {
            if (node.is("Conv") && first[vertex(vertices, node)] && cost.last < NEVER) {
                editor.replace(node, Rewrites.lanewise(node), "stays channels first, for weights without zeros");
            }
        });
    }

    /** Edges between a node and the makers of its inputs; inputs and outputs of the graph are channels first. */
    private static void connect(
            GraphEditor editor, Inference types, MinimumCut cut, Map<Node, Integer> vertices, int outside, Node node) {
        int vertex = vertex(vertices, node);
        for (String input : node.inputs()) {
            if (input.isEmpty() || editor.isConstant(input)) {
                continue;
            }
            Node producer = editor.producer(input);
            boolean written = producer != null && PlanarOutput.suits(editor, types, producer);
            cut.edge(
                    vertex,
                    producer == null ? outside : vertex(vertices, producer),
                    transpose(types.shape(input), written));
        }
        for (String output : node.outputs()) {
            if (editor.isOutput(output)) {
                cut.edge(vertex, outside, transpose(types.shape(output), PlanarOutput.suits(editor, types, node)));
            }
        }
    }

    private static int vertex(Map<Node, Integer> vertices, Node node) {
        return Objects.requireNonNull(vertices.get(node), node::path);
    }

    /** What it takes to transpose an image; nothing for values of other ranks. */
    private static double transpose(PartialShape shape, boolean written) {
        if (shape.rank() != 4) {
            return 0;
        }
        double elements = 1;
        for (int i = 0; i < 4; i++) {
            elements *= Math.max(1, shape.dim(i));
        }
        return elements * (written ? TRANSPOSE_WRITTEN : elements > NEAR_VALUES ? TRANSPOSE_FAR : TRANSPOSE);
    }

    private static Cost cost(GraphEditor editor, Inference types, Node node) {
        if (node.is("Conv")) {
            return convolution(editor, types, node);
        }
        if (Permutation.TO_NHWC.equals(Permutation.of(node)) || Permutation.TO_NCHW.equals(Permutation.of(node))) {
            return Cost.LAST;
        }
        if (node.is("ConvTranspose")) {
            return Cost.LAST;
        }
        return TransposeSink.sinksThrough(node) ? Cost.EITHER : Cost.FIRST;
    }

    private static Cost convolution(GraphEditor editor, Inference types, Node node) {
        PartialShape x = types.shape(node.input(0));
        Initializer w = editor.initializer(node.input(1));
        boolean turns = w != null
                && x.rank() == 4
                && types.elementType(node.input(0)) == DataType.FLOAT
                && (node.input(2).isEmpty() || editor.isConstant(node.input(2)));
        if (!turns || w == null) {
            return x.rank() == 4 || x.rank() == 3 ? Cost.LAST : Cost.FIRST;
        }
        PartialShape image = x.dim(0) < 0 ? x.with(0, 1) : x;
        Shape shape = w.shape();
        if (!image.isKnown() || shape.size() == 0) {
            return Cost.LAST;
        }
        ConvRunner runner = Conv.create(new NodeSpec(node)).runner();
        ConvGeometry g = runner.geometry(image.toShape(), shape);
        if (runner.isPointwise(shape)) {
            return pointwise(g, shape, w);
        }
        if (DepthwiseCost.isKnown(g)) {
            return new Cost(
                    SLOWER * DepthwiseCost.planes(g) * DENSE_MARGIN, SLOWER * DepthwiseCost.channelsLast(g), false);
        }
        return Cost.LAST;
    }

    private static Cost pointwise(ConvGeometry g, Shape shape, Initializer w) {
        int pixels = g.outputPixels();
        int in = shape.dim(1);
        int out = shape.dim(0);
        double dense = g.batch() * DenseCost.product(pixels, in, out);
        float[] values = w.tensor().toFloatArray();
        if (Sparsity.zeros(values, 0, values.length) < LEAST_SHARE * values.length) {
            return new Cost(dense * DENSE_MARGIN, dense, false);
        }
        SparseForm form = Sparsity.ofFilters(values, 0, out, in, 1).form();
        SparseB rows = SparseB.pack(values, 0, in, true, in, out, form);
        double last = Math.min(dense, SparseGemm.nanos(g.batch() * pixels, rows) * MARGIN);
        double first = g.batch() * SparseColumns.nanos(pixels, values, in, out, form) * MARGIN;
        return new Cost(Math.min(dense * DENSE_MARGIN, first), last, first < last);
    }
}
