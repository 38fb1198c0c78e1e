package org.lanewise.runtime.optimize;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.SparseConvNhwc;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.Sparsity;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.fused.FusedConv;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.ops.nn.SparseColumns;
import org.lanewise.runtime.ops.nn.SparseMatrix;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Packs a weight without its zeros and asks what is expected of it: part of {@link SparseWeights}. */
final class SparseTrial {
    /** Numbers of rows that are tried where they are open. */
    private static final int[] OPEN_ROWS = {1024, 128, 1};

    /** Size of an image where it is open. */
    private static final int OPEN_SIZE = 32;

    private SparseTrial() {}

    /** Of the weights B of a {@code MatMul} or {@code Gemm}. */
    static SparseFinding product(GraphEditor editor, Inference types, Node node, Tensor b) {
        boolean transposed = node.is("Gemm") && node.intAttribute("transB", 0) != 0;
        int ldb = b.shape().dim(1);
        int k = b.shape().dim(transposed ? 1 : 0);
        int n = b.shape().dim(transposed ? 0 : 1);
        float[] values = b.toFloatArray();
        Sparsity sparsity = Sparsity.of(values, 0, ldb, transposed, k, n);
        String obstacle = obstacle(editor, types, node, n);
        if (obstacle != null) {
            return finding(node, sparsity, "", 0, obstacle, false);
        }
        SparseMatrix matrix = new SparseMatrix(values, ldb, transposed, k, n, sparsity.form());
        int known = rows(types.shape(node.input(0)));
        int[] tried = known < 0 ? OPEN_ROWS : new int[] {known};
        int best = 0;
        SparseMatrix.Choice choice = matrix.choice(tried[0]);
        for (int i = 1; i < tried.length; i++) {
            SparseMatrix.Choice other = matrix.choice(tried[i]);
            if (other.gain() > choice.gain()) {
                choice = other;
                best = i;
            }
        }
        return finding(
                node,
                sparsity,
                name(choice.sparse(), sparsity),
                choice.gain(),
                tried[best] + (tried[best] == 1 ? " row" : " rows"),
                choice.kernel() != SparseMatrix.Kernel.DENSE);
    }

    /** Why there is no sparse form of a product, or {@code null}. */
    private static @Nullable String obstacle(GraphEditor editor, Inference types, Node node, int n) {
        PartialShape a = types.shape(node.input(0));
        if (types.elementType(node.input(0)) != DataType.FLOAT || a.isRanked() && a.rank() < 2) {
            return "its other factor is no matrix of type FLOAT";
        }
        if (!node.is("Gemm")) {
            return a.isRanked() ? null : "the rank of its other factor is not known";
        }
        if (node.intAttribute("transA", 0) != 0) {
            return "its other factor is transposed";
        }
        Tensor c = editor.constant(node.input(2));
        boolean row =
                c != null && c.size() == n && c.shape().rank() > 0 && c.shape().dim(-1) == n;
        return node.input(2).isEmpty() || row ? null : "C is not a constant row";
    }

    /** Rows of A as one matrix, a batch that is open taken as 1; -1 if they are not known. */
    private static int rows(PartialShape a) {
        long rows = 1;
        for (int i = 0; i < a.rank() - 1; i++) {
            long dim = i == 0 && a.rank() > 2 ? Math.abs(a.dim(0)) : a.dim(i); // PartialShape.UNKNOWN is -1
            if (dim < 0) {
                return -1;
            }
            rows *= dim;
        }
        return rows > Integer.MAX_VALUE ? -1 : (int) rows;
    }

    /** Of the weights W of a {@code Conv}. */
    static SparseFinding convolution(GraphEditor editor, Inference types, Node node, Tensor w) {
        Shape shape = w.shape();
        int taps = shape.size() / Math.max(1, shape.dim(0) * shape.dim(1));
        FloatTensor weights = (FloatTensor) w;
        Sparsity sparsity = Sparsity.ofFilters(weights.array(), weights.offset(), shape.dim(0), shape.dim(1), taps);
        String obstacle = obstacle(editor, types, node, shape);
        if (obstacle != null) {
            return finding(node, sparsity, "", 0, obstacle, false);
        }
        ConvRunner runner = FusedConv.create(new NodeSpec(node)).runner();
        PartialShape x = types.shape(node.input(0));
        ConvGeometry g = runner.geometry(image(x, node, shape), shape);
        String size = g.axis(0).output() + "x" + g.axis(1).output() + (x.isKnown() ? "" : " (sizes are open)");
        if (!runner.form().channelsLast()) {
            double gain = SparseColumns.gain(
                    g.outputPixels(), weights.toFloatArray(), shape.dim(1), shape.dim(0), sparsity.form());
            boolean chosen = gain >= SparseMatrix.LEAST_GAIN;
            return finding(node, sparsity, name(sparsity.form(), sparsity), gain, size, chosen);
        }
        if (runner.isProduct(shape)) {
            SparseMatrix matrix = new SparseMatrix(
                    weights.toFloatArray(), shape.dim(1), true, shape.dim(1), shape.dim(0), sparsity.form());
            SparseMatrix.Choice choice = matrix.choice(Math.multiplyExact(g.batch(), g.outputPixels()));
            boolean chosen = choice.kernel() != SparseMatrix.Kernel.DENSE;
            return finding(node, sparsity, name(choice.sparse(), sparsity), choice.gain(), size, chosen);
        }
        PlanarEnds ends = PlanarEnds.of(editor, types, node, g);
        SparseConvNhwc kernel = new SparseConvNhwc(
                runner.smallest(shape),
                weights.array(),
                weights.offset(),
                null,
                0,
                runner.activation(),
                SparseForm.LISTS,
                ends.before() != null,
                ends.after() != null);
        double dense = DenseCost.convolution(g, runner.form().winograd()) + ends.nanos(g);
        double gain = dense / Math.max(1, kernel.nanos(g));
        boolean chosen = gain >= SparseMatrix.LEAST_GAIN;
        Node planned = chosen && ends.any() ? ends.planar(node) : node;
        return finding(planned, sparsity, name(SparseForm.LISTS, sparsity), gain, size, chosen);
    }

    /** The transposes that the sparse kernel of a channels-last convolution does without. */
    static PlanarEnds ends(GraphEditor editor, Inference types, Node node, Tensor w) {
        ConvRunner runner = FusedConv.create(new NodeSpec(node)).runner();
        if (!runner.form().channelsLast() || runner.isProduct(w.shape())) {
            return PlanarEnds.NONE;
        }
        Shape x = image(types.shape(node.input(0)), node, w.shape());
        return PlanarEnds.of(editor, types, node, runner.geometry(x, w.shape()));
    }

    /** The shape of an input, with a batch of 1 and images of {@link #OPEN_SIZE} pixels a side where they are open. */
    private static Shape image(PartialShape x, Node node, Shape weights) {
        PartialShape image = x.dim(0) < 0 ? x.with(0, 1) : x;
        int channelAxis = node.intAttribute("channels_last", 0) == 1 ? image.rank() - 1 : 1;
        for (int i = 1; i < image.rank(); i++) {
            long size = i == channelAxis ? channels(node, weights) : OPEN_SIZE;
            image = image.dim(i) < 0 ? image.with(i, size) : image;
        }
        return image.toShape();
    }

    private static long channels(Node node, Shape w) {
        return w.dim(1) * node.intAttribute("group", 1);
    }

    private static @Nullable String obstacle(GraphEditor editor, Inference types, Node node, Shape w) {
        if (!types.shape(node.input(0)).isRanked()) {
            return "the rank of its input is not known";
        }
        if (w.dim(1) == 1 && node.intAttribute("group", 1) > 1) {
            return "it is depthwise";
        }
        if (node.intAttribute("channels_last", 0) != 1) {
            return FusedConv.create(new NodeSpec(node)).runner().isPointwise(w) ? null : "it runs channels first";
        }
        if (node.intAttribute("planar_input", 0) != 0) {
            return "it reads an image with its channels first";
        }
        if (node.intAttribute("planar_output", 0) != 0) {
            return "it writes an image with its channels first";
        }
        return types.elementType(node.input(0)) == DataType.FLOAT
                        && (node.input(2).isEmpty() || editor.isConstant(node.input(2)))
                ? null
                : "its input is not of type FLOAT, or its bias is not constant";
    }

    private static String name(SparseForm form, Sparsity sparsity) {
        return switch (form) {
            case LISTS -> "lists";
            case BLOCKS_2 -> "blocks of 2";
            case BLOCKS_4 -> "blocks of 4";
            case N_OF_M -> sparsity.twoOfFour() ? "2:4" : "4:8";
            case LANE_LISTS -> "lane lists";
            case ROW_BLOCKS -> "row blocks";
        };
    }

    private static SparseFinding finding(
            Node node, Sparsity sparsity, String form, double gain, String size, boolean chosen) {
        return new SparseFinding(node.path(), node.output(0), node.input(1), sparsity, form, gain, size, chosen);
    }
}
