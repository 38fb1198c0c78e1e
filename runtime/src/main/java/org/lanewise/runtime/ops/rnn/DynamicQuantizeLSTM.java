package org.lanewise.runtime.ops.rnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.rnn.LstmCell;
import org.lanewise.kernels.rnn.RnnActivation;
import org.lanewise.runtime.op.ChoosesByValues;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code LSTM} with weights of 8 bits: X, and in each step H of all sequences, are quantized to {@code UINT8} by their own range and multiplied exactly; the rest is {@code FLOAT}. W (directions, input, 4 hidden) and R (directions, hidden, 4 hidden), gates in the order i, o, f, c, are
 * {@code UINT8} or {@code INT8}, their scales and zero points one for each direction, (directions), or each column, (directions, 4 hidden). Inputs X, W, R, B, sequence_lens, initial_h, initial_c, P, W_scale, W_zero_point, R_scale, R_zero_point; outputs Y, Y_h, Y_c.
 * {@code com.microsoft.DynamicQuantizeLSTM}-1.
 *
 * @param attributes direction, activations, clip
 * @param inputForget whether the forget gate is 1 - i
 */
public record DynamicQuantizeLSTM(RecurrentAttributes attributes, boolean inputForget)
        implements Operator, Prepacks, Repeatable {
    private static final int W = 1;
    private static final int R = 2;
    private static final int B = 3;
    private static final int LENGTHS = 4;
    private static final int PEEPHOLES = 7;
    private static final int W_SCALE = 8;
    private static final int R_SCALE = 10;
    private static final int INPUTS = 12;
    private static final int GATES = 4;
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT);

    /** From a node. */
    public static DynamicQuantizeLSTM create(NodeSpec spec) {
        if (spec.inputCount() != INPUTS) {
            throw spec.refuse("has " + spec.inputCount() + " inputs, expected " + INPUTS);
        }
        for (int i : new int[] {0, W, R, W_SCALE, W_SCALE + 1, R_SCALE, R_SCALE + 1}) {
            if (!spec.hasInput(i)) {
                throw spec.refuse("required input " + i + " is absent");
            }
        }
        if (spec.has("layout")) {
            throw spec.refuse("attribute 'layout' is not supported");
        }
        return new DynamicQuantizeLSTM(
                RecurrentAttributes.read(spec, List.of(RnnActivation.SIGMOID, RnnActivation.TANH, RnnActivation.TANH)),
                spec.flag("input_forget", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, FLOAT);
        for (int i : new int[] {B, LENGTHS + 1, LENGTHS + 2, PEEPHOLES, W_SCALE, R_SCALE}) {
            if (context.hasInput(i)) {
                Types.check(context, i, FLOAT);
            }
        }
        if (context.hasInput(LENGTHS)) {
            Types.check(context, LENGTHS, Set.of(DataType.INT32));
        }
        for (int i : new int[] {W, R}) {
            Types.check(context, i, QuantizedTypes.BYTES);
            Types.same(context, (i == W ? W_SCALE : R_SCALE) + 1, i);
        }
        PartialShape x = context.inputShape(0);
        PartialShape r = context.inputShape(R);
        if (x.isRanked() && x.rank() != 3 || r.isRanked() && r.rank() != 3) {
            throw new IllegalArgumentException("X has shape " + x + ", R " + r + ", expected [steps,batch,input] and "
                    + "[directions,hidden," + GATES + "*hidden]");
        }
        x = x.isRanked() ? x : PartialShape.ofRank(3);
        int directions = attributes.directions();
        long hidden = r.isRanked() ? r.dim(1) : PartialShape.UNKNOWN;
        if (attributes.hiddenSize() >= 0) {
            if (hidden >= 0 && hidden != attributes.hiddenSize()) {
                throw new IllegalArgumentException(
                        "R has shape " + r + ", expected hidden_size = " + attributes.hiddenSize() + " rows");
            }
            hidden = attributes.hiddenSize();
        }
        context.output(0, DataType.FLOAT, PartialShape.of(x.dim(0), directions, x.dim(1), hidden));
        context.output(1, DataType.FLOAT, PartialShape.of(directions, x.dim(1), hidden));
        context.output(2, DataType.FLOAT, PartialShape.of(directions, x.dim(1), hidden));
    }

    /** The weights of all directions. */
    private record Weights(List<QuantizedMatrix> input, List<QuantizedMatrix> recurrent) implements ChoosesByValues {
        @Override
        public @Nullable Kernels kernels() {
            return input.isEmpty() ? null : input.getFirst().product().kernels();
        }
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        @Nullable Tensor[] parts = new Tensor[6];
        int[] inputs = {W, W_SCALE, W_SCALE + 1, R, R_SCALE, R_SCALE + 1};
        for (int i = 0; i < parts.length; i++) {
            parts[i] = context.constant(inputs[i]);
        }
        Tensor w = parts[0];
        Tensor r = parts[3];
        for (Tensor part : parts) {
            if (part == null) {
                return null;
            }
        }
        return w == null || r == null
                ? null
                : new Packed(new Weights(of(w, parts[1], parts[2]), of(r, parts[4], parts[5])), Set.of(W, R));
    }

    private List<QuantizedMatrix> of(Tensor matrix, @Nullable Tensor scale, @Nullable Tensor zero) {
        if (scale == null
                || zero == null
                || matrix.shape().rank() != 3
                || matrix.shape().dim(0) != attributes.directions()) {
            throw new IllegalArgumentException("weights have shape " + matrix.shape() + ", expected ["
                    + attributes.directions() + ",rows," + GATES + "*hidden]");
        }
        List<QuantizedMatrix> matrices = new ArrayList<>();
        for (int d = 0; d < attributes.directions(); d++) {
            matrices.add(QuantizedMatrix.of(matrix, scale, zero, d));
        }
        return List.copyOf(matrices);
    }

    /** Weights that are no constants are packed before the tasks, and lengths checked. */
    @Override
    public boolean readsAhead(int i) {
        return i == W || i == R || i == LENGTHS || i >= W_SCALE;
    }

    @Override
    public void run(OpContext context) {
        Weights weights = context.packed() instanceof Weights packed
                ? packed
                : new Weights(
                        of(context.input(W), context.input(W_SCALE), context.input(W_SCALE + 1)),
                        of(context.input(R), context.input(R_SCALE), context.input(R_SCALE + 1)));
        Shape x = context.input(0).shape();
        if (x.rank() != 3) {
            throw new IllegalArgumentException("X has shape " + x + ", expected [steps,batch,input]");
        }
        int directions = attributes.directions();
        int hidden = weights.recurrent.getFirst().rows();
        Shape last = Shape.of(directions, x.dim(1), hidden);
        FloatTensor y = output(context, 0, Shape.of(x.dim(0), directions, x.dim(1), hidden));
        FloatTensor lastH = output(context, 1, last);
        FloatTensor lastC = output(context, 2, last);
        for (int d = 0; d < directions; d++) {
            LstmCell cell = new LstmCell(
                    attributes.activation(d, 0),
                    attributes.activation(d, 1),
                    attributes.activation(d, 2),
                    attributes.clip(),
                    inputForget);
            QuantizedLstmRun run = new QuantizedLstmRun(
                    context,
                    d,
                    directions,
                    attributes.reversed().get(d),
                    weights.input.get(d),
                    weights.recurrent.get(d),
                    cell);
            context.parallel(1, 0, (from, to, scratch) -> run.run(y, lastH, lastC));
        }
    }

    private static @Nullable FloatTensor output(OpContext context, int i, Shape shape) {
        return context.outputCount() > i && context.hasOutput(i)
                ? (FloatTensor) context.output(i, DataType.FLOAT, shape)
                : null;
    }
}
