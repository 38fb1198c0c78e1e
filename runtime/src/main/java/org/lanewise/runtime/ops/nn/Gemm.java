package org.lanewise.runtime.ops.nn;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = alpha * A' * B' + beta * C}, where {@code A'} is A (M, K) or its transpose, {@code B'} is B (K, N) or its transpose, and C broadcasts to (M, N). ONNX
 * {@code Gemm}-1, 6, 7, 9 (integers), 11 (C optional), 13.
 *
 * @param alpha factor of the product
 * @param beta factor of C
 * @param transA whether A is given transposed
 * @param transB whether B is given transposed
 */
public record Gemm(float alpha, float beta, boolean transA, boolean transB)
        implements Operator, Prepacks, ComputesInFloat, Repeatable {
    private static final Activation NO_ACTIVATION = new Activation(Activation.Kind.NONE, 0, 0);

    /**
     * Constant weights in the order of the kernel.
     *
     * @param b the packed B', alpha included
     * @param epilogue with C, where it is a constant that repeats in every row
     * @param biasFused whether C is in the epilogue
     */
    private record Weights(PackedB b, Epilogue epilogue, boolean biasFused) {}

    /** From a node. */
    public static Gemm create(NodeSpec spec) {
        spec.inputs(spec.opset() >= 11 ? 2 : 3, 3);
        if (spec.opset() < 7) {
            spec.acknowledge("broadcast"); // C broadcasts anyway where its shape asks for it
        }
        return new Gemm(
                spec.floatAttribute("alpha", 1),
                spec.floatAttribute("beta", 1),
                spec.flag("transA", false),
                spec.flag("transB", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ProductTypes.check(context.inputType(0), context.inputType(1));
        PartialShape a = matrix(context, 0, "A");
        PartialShape b = matrix(context, 1, "B");
        long ka = a.dim(transA ? 0 : 1);
        long kb = b.dim(transB ? 1 : 0);
        if (ka >= 0 && kb >= 0 && ka != kb) {
            throw new IllegalArgumentException(
                    "A' of " + a + " has " + ka + " columns, B' of " + b + " has " + kb + " rows");
        }
        PartialShape out = PartialShape.of(a.dim(transA ? 1 : 0), b.dim(transB ? 0 : 1));
        if (context.hasInput(2)) {
            checkC(context.inputType(0), out, context.inputType(2), context.inputShape(2));
        }
        context.output(0, context.inputType(0), out);
    }

    private static void checkC(DataType type, PartialShape out, DataType cType, PartialShape c) {
        if (cType != type) {
            throw new IllegalArgumentException(
                    "C is " + cType.onnxName() + ", expected " + type.onnxName() + " as A and B");
        }
        boolean fits = !c.isRanked() || c.rank() <= 2;
        for (int i = 1; fits && i <= c.rank(); i++) {
            fits = c.dim(-i) < 0 || c.dim(-i) == 1 || out.dim(-i) < 0 || c.dim(-i) == out.dim(-i);
        }
        if (!fits) {
            throw new IllegalArgumentException("C has shape " + c + ", expected one that broadcasts to " + out);
        }
    }

    private static PartialShape matrix(ShapeContext context, int i, String name) {
        PartialShape shape = context.inputShape(i);
        if (shape.isRanked() && shape.rank() != 2) {
            throw new IllegalArgumentException("input " + name + " has shape " + shape + ", expected a matrix");
        }
        return shape.isRanked() ? shape : PartialShape.ofRank(2);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        if (!ProductTypes.runsInFloat(context.inputType(1))) {
            return null;
        }
        Tensor b = context.constant(1);
        if (b == null) {
            return null;
        }
        int k = b.shape().dim(transB ? 1 : 0);
        int n = b.shape().dim(transB ? 0 : 1);
        PackedB packed = PackedB.pack(b.toFloatArray(), 0, b.shape().dim(1), transB, k, n, alpha);
        Set<Integer> consumed = new HashSet<>(Set.of(1));
        Tensor c = context.constant(2);
        Epilogue epilogue = Epilogue.NONE;
        boolean fused = c != null && isRow(c.shape(), n);
        if (c != null && fused) {
            epilogue = Epilogue.biasPerColumn(row(c, n), NO_ACTIVATION);
            consumed.add(2);
        }
        return new Packed(new Weights(packed, epilogue, fused), consumed);
    }

    private static boolean isRow(Shape shape, int n) {
        return shape.size() == 1 || shape.size() == n && (shape.rank() == 1 || shape.rank() == 2 && shape.dim(0) == 1);
    }

    private float[] row(Tensor c, int n) {
        float[] values = c.toFloatArray();
        float[] row = new float[n];
        for (int j = 0; j < n; j++) {
            row[j] = beta * values[values.length == 1 ? 0 : j];
        }
        return row;
    }

    @Override
    public boolean readsAhead(int i) {
        return transA && i == 0 || i == 1;
    }

    @Override
    public void run(OpContext context) {
        product(context);
    }

    /** Computes and returns output 0: for operators that go on with it. */
    public Tensor product(OpContext context) {
        Tensor a = context.input(0);
        Weights weights = context.packed() instanceof Weights given ? given : null;
        int m = a.shape().dim(transA ? 1 : 0);
        Tensor left = transA ? transposed(a) : a;
        int n = weights != null ? weights.b.n() : context.input(1).shape().dim(transB ? 0 : 1);
        Tensor out = context.output(0, a.type(), Shape.of(m, n));
        boolean addLater = context.hasInput(2);
        if (weights != null && left instanceof FloatTensor matrix && out instanceof FloatTensor result) {
            FloatProduct.run(context, matrix, m, weights.b, result, null, weights.epilogue);
            addLater &= !weights.biasFused;
        } else {
            Tensor b = context.input(1);
            product(context, left, transB ? transposed(b) : b, out);
        }
        if (addLater) {
            Tensor c = context.input(2);
            context.parallel(1, out.size(), (from, to, scratch) -> addC(out, c, m, n));
        }
        return out;
    }

    private void product(OpContext context, Tensor a, Tensor b, Tensor out) {
        MatrixShapes shapes = MatrixShapes.of(a.shape(), b.shape());
        if (a instanceof FloatTensor left && b instanceof FloatTensor right && out instanceof FloatTensor result) {
            FloatProduct.runBatched(context, left, right, result, shapes, alpha);
            return;
        }
        GenericProduct.run(context, a, b, out, shapes);
        if (alpha != 1) {
            context.parallel(1, out.size(), (from, to, scratch) -> scale(out));
        }
    }

    private void scale(Tensor out) {
        for (int i = 0; i < out.size(); i++) {
            switch (out) {
                case DoubleTensor t -> t.array()[t.offset() + i] *= alpha;
                case IntTensor t -> t.array()[t.offset() + i] = (int) (alpha * t.get(i));
                case LongTensor t -> t.array()[t.offset() + i] = (long) (alpha * t.get(i));
                default ->
                    throw new IllegalArgumentException(
                            "no product of " + out.type().onnxName());
            }
        }
    }

    private void addC(Tensor out, Tensor c, int m, int n) {
        Shape shape = c.shape();
        int rank = shape.rank();
        int rowStep = rank == 2 && shape.dim(0) > 1 ? shape.dim(1) : 0;
        int columnStep = rank >= 1 && shape.dim(-1) > 1 ? 1 : 0;
        if (rank > 2 || columnStep == 1 && shape.dim(-1) != n || rowStep > 0 && shape.dim(0) != m) {
            throw new IllegalArgumentException(
                    "C has shape " + shape + ", expected one that broadcasts to " + out.shape());
        }
        for (int i = 0; i < m; i++) {
            int from = i * rowStep;
            switch (out) {
                case FloatTensor t -> addRow(t, i * n, (FloatTensor) c, from, columnStep, n);
                case DoubleTensor t -> {
                    for (int j = 0; j < n; j++) {
                        t.array()[t.offset() + i * n + j] += beta * c.getDouble(from + j * columnStep);
                    }
                }
                case IntTensor t -> {
                    for (int j = 0; j < n; j++) {
                        t.array()[t.offset() + i * n + j] += (int) scaled(c.getLong(from + j * columnStep));
                    }
                }
                case LongTensor t -> {
                    for (int j = 0; j < n; j++) {
                        t.array()[t.offset() + i * n + j] += scaled(c.getLong(from + j * columnStep));
                    }
                }
                default ->
                    throw new IllegalArgumentException(
                            "no product of " + out.type().onnxName());
            }
        }
    }

    /** {@code beta * value}, exact when beta is 1. */
    private long scaled(long value) {
        return beta == 1 ? value : (long) ((double) beta * value);
    }

    private void addRow(FloatTensor out, int row, FloatTensor c, int from, int step, int n) {
        float[] y = out.array();
        float[] x = c.array();
        int at = out.offset() + row;
        int xAt = c.offset() + from;
        if (step == 0) {
            float value = beta * x[xAt];
            for (int j = 0; j < n; j++) {
                y[at + j] += value;
            }
            return;
        }
        for (int j = 0; j < n; j++) {
            y[at + j] += beta * x[xAt + j];
        }
    }

    private static Tensor transposed(Tensor matrix) {
        int rows = matrix.shape().dim(0);
        int columns = matrix.shape().dim(1);
        Tensor out = Tensor.allocate(matrix.type(), Shape.of(columns, rows));
        if (matrix instanceof FloatTensor from && out instanceof FloatTensor to) {
            org.lanewise.kernels.gemm.Gemm.transpose(
                    from.array(), from.offset(), columns, rows, columns, to.array(), to.offset(), rows);
            return out;
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                out.copyFrom(j * rows + i, matrix, i * columns + j, 1);
            }
        }
        return out;
    }
}
