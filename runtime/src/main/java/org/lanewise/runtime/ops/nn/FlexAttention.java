package org.lanewise.runtime.ops.nn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.norm.Softmax;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Attention whose products and probabilities may be changed by subgraphs: {@code Y = prob_mod(softmax(score_mod(scale * Q K'))) V}; Q is (batch, q_heads, queries, size), K and V
 * (batch, kv_heads, keys, size). {@code ai.onnx.preview.FlexAttention}-1.
 *
 * @param scale factor of the products, NaN for 1 / sqrt(size)
 * @param inDouble whether {@code softmax_precision} is double
 * @param scoreMod {@code score_mod}, or {@code null}
 * @param probMod {@code prob_mod}, or {@code null}
 */
public record FlexAttention(
        float scale,
        boolean inDouble,
        @Nullable Graph scoreMod,
        @Nullable Graph probMod) implements Operator, HasSubgraphs, ComputesInFloat {
    private static final long MACS_PER_NANO = 16;

    /** From a node. */
    public static FlexAttention create(NodeSpec spec) {
        spec.inputs(3, 3);
        boolean inDouble = Attention.softmaxInDouble(spec);
        Graph score = spec.has("score_mod") ? spec.graphAttribute("score_mod") : null;
        Graph prob = spec.has("prob_mod") ? spec.graphAttribute("prob_mod") : null;
        long precision = spec.intAttribute("softmax_precision", DataType.FLOAT.code());
        if ((score != null || prob != null) && precision != DataType.FLOAT.code()) {
            throw spec.refuse("score_mod and prob_mod are supported with softmax_precision float only");
        }
        return new FlexAttention(spec.floatAttribute("scale", Float.NaN), inDouble, score, prob);
    }

    @Override
    public List<Graph> subgraphs() {
        List<Graph> graphs = new ArrayList<>();
        if (scoreMod != null) {
            graphs.add(scoreMod);
        }
        if (probMod != null) {
            graphs.add(probMod);
        }
        return List.copyOf(graphs);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        PoolRunner.checkFloating(type);
        Types.same(context, 1, 0);
        Types.same(context, 2, 0);
        PartialShape q = ranked(context, 0);
        PartialShape k = ranked(context, 1);
        PartialShape v = ranked(context, 2);
        if (type == DataType.DOUBLE && !subgraphs().isEmpty()) {
            throw new IllegalArgumentException("score_mod and prob_mod are not supported for double");
        }
        ValueType scores = ValueType.tensor(DataType.FLOAT, PartialShape.of(q.dim(0), q.dim(1), q.dim(2), k.dim(2)));
        for (int i = 0; i < subgraphs().size(); i++) {
            List<ValueType> out = context.inferSubgraph(i, List.of(scores));
            if (out.size() != 1) {
                throw new IllegalArgumentException("a subgraph has " + out.size() + " outputs, expected 1");
            }
        }
        context.output(0, type, PartialShape.of(q.dim(0), q.dim(1), q.dim(2), v.dim(3)));
    }

    private static PartialShape ranked(ShapeContext context, int i) {
        PartialShape shape = context.inputShape(i);
        if (shape.isRanked() && shape.rank() != 4) {
            throw new IllegalArgumentException(
                    "input " + i + " has shape " + shape + ", expected (batch, heads, rows, size)");
        }
        return shape.isRanked() ? shape : PartialShape.ofRank(4);
    }

    @Override
    public void run(OpContext context) {
        HeadLayout q = HeadLayout.of("Q", context.input(0), 0);
        HeadLayout k = HeadLayout.of("K", context.input(1), 0);
        HeadLayout v = HeadLayout.of("V", context.input(2), 0);
        Attention.checkSizes(q, k, v);
        double factor = Float.isNaN(scale) ? 1 / Math.sqrt(q.size()) : scale;
        Tensor output = context.output(0, q.tensor().type(), Shape.of(q.batch(), q.heads(), q.rows(), v.size()));
        if (subgraphs().isEmpty()) {
            AttentionSpec spec =
                    new AttentionSpec((float) factor, 0, false, -1, -1, inDouble, AttentionSpec.Capture.PRODUCT);
            HeadLayout y = HeadLayout.of("Y", output, 0);
            AttentionRun.run(context, spec, factor, q, k, v, null, null, new int[q.batch()], y, null);
            return;
        }
        FloatTensor scores =
                (FloatTensor) Tensor.allocate(DataType.FLOAT, Shape.of(q.batch(), q.heads(), q.rows(), k.rows()));
        product(context, q, k, true, (float) factor, k.rows(), scores);
        FloatTensor changed = scoreMod == null ? scores : modified(context, 0, scores);
        FloatTensor probabilities = (FloatTensor) Tensor.allocate(DataType.FLOAT, scores.shape());
        int keys = k.rows();
        context.parallel(
                q.batch() * q.heads() * q.rows(),
                keys,
                (from, to, scratch) -> Softmax.softmax(
                        changed.array(),
                        changed.offset(),
                        probabilities.array(),
                        probabilities.offset(),
                        keys,
                        1,
                        from,
                        to));
        FloatTensor last = probMod == null ? probabilities : modified(context, scoreMod == null ? 0 : 1, probabilities);
        product(context, HeadLayout.of("P", last, 0), v, false, 1, v.size(), (FloatTensor) output);
    }

    private static FloatTensor modified(OpContext context, int subgraph, FloatTensor input) {
        OnnxValue result = context.runSubgraph(subgraph, List.of(input)).getFirst();
        if (result instanceof FloatTensor tensor && tensor.shape().equals(input.shape())) {
            return tensor;
        }
        throw new IllegalArgumentException("a subgraph made " + result.valueType() + ", expected " + input);
    }

    /** {@code out = alpha * a * b} per head, b given transposed or not; a head of b serves neighbouring heads of a. */
    private static void product(
            OpContext context,
            HeadLayout a,
            HeadLayout b,
            boolean transposed,
            float alpha,
            int columns,
            FloatTensor out) {
        int share = a.heads() / b.heads();
        int rows = a.rows();
        FloatTensor left = (FloatTensor) a.tensor();
        FloatTensor right = (FloatTensor) b.tensor();
        long cost = (long) rows * columns * a.size() / MACS_PER_NANO;
        context.kernel(Gemm.kernelName(rows, columns, a.size()));
        context.parallel(a.batch() * a.heads(), cost, (from, to, scratch) -> {
            float[] work = scratch.floats(Gemm.scratchLengthUnpacked(rows, a.size(), Gemm.panels(columns)));
            for (int i = from; i < to; i++) {
                int head = i % a.heads();
                Gemm.run(
                        left.array(),
                        a.at(i / a.heads(), head),
                        a.stride(),
                        right.array(),
                        b.at(i / a.heads(), head / share),
                        b.stride(),
                        transposed,
                        alpha,
                        a.size(),
                        columns,
                        out.array(),
                        out.offset() + i * rows * columns,
                        columns,
                        null,
                        0,
                        0,
                        rows,
                        0,
                        Gemm.panels(columns),
                        Epilogue.NONE,
                        work,
                        Scratch.START);
            }
        });
    }
}
