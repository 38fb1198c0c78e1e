package org.lanewise.runtime.ops.quant;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The convolution of {@code x - xZero} with {@code w - wZero} for bytes, summed in {@code INT32}; attributes as in {@code Conv}. Zero points are 0 where absent; that of w is
 * one for all or one for each output channel. ONNX {@code ConvInteger}-10.
 *
 * @param convolution the attributes
 */
public record ConvInteger(ByteConvolution convolution) implements Operator, Prepacks, Repeatable {
    private static final int W = 1;
    private static final int X_ZERO = 2;
    private static final int W_ZERO = 3;

    /** Output pixels from which on packing weights in the run costs less than it saves. */
    private static final int PIXELS = 64;

    /** From a node. */
    public static ConvInteger create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new ConvInteger(ByteConvolution.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, DataType.INT32, convolution.infer(context, 0, W));
        if (context.inputCount() > X_ZERO && context.hasInput(X_ZERO)) {
            Types.same(context, X_ZERO, 0);
        }
        if (context.inputCount() > W_ZERO && context.hasInput(W_ZERO)) {
            Types.same(context, W_ZERO, W);
        }
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        Tensor w = context.constant(W);
        boolean hasZero = context.inputCount() > W_ZERO && context.hasInput(W_ZERO);
        Tensor wZero = hasZero ? context.constant(W_ZERO) : null;
        if (w == null || !ByteConvLayer.fits(w.shape()) || hasZero && wZero == null) {
            return null;
        }
        int[] zeros = wZero == null ? null : wZero.toIntArray();
        return new Packed(
                ByteConvSums.of(convolution, context.inputType(0), w, zeros), hasZero ? Set.of(W, W_ZERO) : Set.of(W));
    }

    /** Weights that are no constants are packed or read before the tasks. */
    @Override
    public boolean readsAhead(int i) {
        return i == W || i == W_ZERO;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        Tensor xZero = context.inputCount() > X_ZERO ? context.optionalInput(X_ZERO) : null;
        if (context.packed() instanceof ByteConvSums packed) {
            run(context, packed, x, xZero);
            return;
        }
        Tensor w = context.input(W);
        Tensor wZero = context.inputCount() > W_ZERO ? context.optionalInput(W_ZERO) : null;
        ConvGeometry g = convolution.geometry(x.shape().toArray(), w.shape().toArray());
        if (ByteConvLayer.fits(w.shape()) && (long) g.batch() * g.outputPixels() >= PIXELS) {
            int[] zeros = wZero == null ? null : wZero.toIntArray();
            run(context, ByteConvSums.of(convolution, x.type(), w, zeros), x, xZero);
            return;
        }
        IntTensor y = (IntTensor) context.output(0, DataType.INT32, Shape.of(g.outputShape()));
        convolution.run(context, g, x, xZero, w, wZero, y.array(), y.offset(), (channel, start, pixels) -> {});
    }

    private static void run(OpContext context, ByteConvSums sums, ByteTensor x, @Nullable Tensor xZero) {
        sums.run(context, x, xZero, (IntTensor) context.output(0, DataType.INT32, sums.outputShape(x.shape())));
    }
}
