package org.lanewise.runtime.ops.fused.quant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvInt8Chain;
import org.lanewise.kernels.conv.ConvInt8Floats;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConvForm;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.ops.nn.WindowAttributes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Convolutions of bytes that follow one another, {@link QConv} of {@code QConv} and so on, each with an end in bytes, computed together. {@code org.lanewise.QConvChain}, made by passes where all sums are exact in fp32.
 *
 * <p>Inputs X {@code (N, H, W, C)}, its scale and zero point, and for each convolution six: W, its scales and zero points, the output's scale and zero point, and the bias, which may be absent. Attributes {@code strides} and
 * {@code dilations}, two for each convolution, {@code pads}, four (top, left, bottom, right), {@code group}, {@code low} and {@code high}, one.
 *
 * @param runners what the attributes say of each convolution
 * @param ranges what the bytes of each are cut off at
 */
public record QConvChain(List<ConvRunner> runners, List<ByteRange> ranges) implements Operator, Prepacks, Repeatable {
    static final int FIRST = 3;
    static final int INPUTS = 6;

    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final ConvForm FORM = new ConvForm(true, false, false, false, null);

    /** Copies the lists. */
    public QConvChain {
        runners = List.copyOf(runners);
        ranges = List.copyOf(ranges);
    }

    /** From a node. */
    public static QConvChain create(NodeSpec spec) {
        int stages = Math.max(1, Math.ceilDiv(spec.inputCount() - FIRST, INPUTS));
        checkInputs(spec, stages);
        int[] strides = ints(spec, "strides", 2 * stages, 1);
        int[] dilations = ints(spec, "dilations", 2 * stages, 1);
        int[] pads = ints(spec, "pads", 4 * stages, 0);
        int[] groups = ints(spec, "group", stages, 1);
        long[] low = longs(spec, "low", stages);
        long[] high = longs(spec, "high", stages);
        List<ConvRunner> runners = new ArrayList<>();
        List<ByteRange> ranges = new ArrayList<>();
        for (int i = 0; i < stages; i++) {
            WindowAttributes window = new WindowAttributes(
                    AutoPad.NOTSET,
                    new int[0],
                    Arrays.copyOfRange(strides, 2 * i, 2 * i + 2),
                    Arrays.copyOfRange(pads, 4 * i, 4 * i + 4),
                    Arrays.copyOfRange(dilations, 2 * i, 2 * i + 2));
            runners.add(new ConvRunner(window, groups[i], FORM, NONE));
            ranges.add(new ByteRange(low[i], high[i]));
        }
        return new QConvChain(runners, ranges);
    }

    /** Fails unless every input is there but biases. */
    private static void checkInputs(NodeSpec spec, int stages) {
        int count = FIRST + INPUTS * stages;
        spec.inputs(FIRST, count);
        for (int i = FIRST; i < count; i++) {
            boolean isBias = (i - FIRST) % INPUTS == INPUTS - 1;
            if (!isBias && (i >= spec.inputCount() || !spec.hasInput(i))) {
                throw spec.refuse("required input " + i + " is absent");
            }
        }
    }

    private static long[] longs(NodeSpec spec, String name, int count) {
        long[] values = spec.intsAttribute(name);
        if (values == null || values.length != count) {
            throw spec.refuse(name + " has " + (values == null ? 0 : values.length) + " values, expected " + count);
        }
        return values;
    }

    private static int[] ints(NodeSpec spec, String name, int count, int least) {
        long[] values = longs(spec, name, count);
        for (long value : values) {
            if (value < least || value > Integer.MAX_VALUE) {
                throw spec.refuse(name + " is " + Arrays.toString(values) + ", expected values of at least " + least);
            }
        }
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape shape = context.inputShape(0);
        DataType type = context.inputType(0);
        for (int i = 0; i < runners.size(); i++) {
            QConvStage stage = new QConvStage(context, i, type, shape);
            type = ProductParameters.check(stage);
            shape = runners.get(i).infer(shape, stage.inputShape(ProductParameters.W), PartialShape.unranked());
        }
        context.output(0, type, shape);
    }

    @Override
    public Packed prepack(ShapeContext context) {
        List<ConvInt8Floats> stages = new ArrayList<>();
        List<Shape> weights = new ArrayList<>();
        Set<Integer> consumed = new HashSet<>();
        DataType type = context.inputType(0);
        for (int i = 0; i < runners.size(); i++) {
            QConvStage stage = new QConvStage(context, i, type, PartialShape.unranked());
            ProductParameters p = ProductParameters.read(stage, 0);
            Requantization end = exactEnd(p, runners.get(i), ranges.get(i));
            if (end == null) {
                throw new IllegalArgumentException("convolution " + i + " of the chain is not exact in fp32");
            }
            weights.add(p.w().shape());
            ByteTensor w = (ByteTensor) p.w();
            stages.add(new ConvInt8Floats(
                    runners.get(i).smallest(w.shape()),
                    w.array(),
                    w.offset(),
                    w.type() == DataType.INT8,
                    p.wZeros(),
                    type == DataType.INT8,
                    ProductParameters.known(p.x()).zero(),
                    end));
            for (int input : p.consumed()) {
                consumed.add(stage.place(input));
            }
            type = p.yType();
        }
        return new Packed(new QConvChainLayer(new ConvInt8Chain(stages), runners, weights, type), consumed);
    }

    /** How a convolution's sums become bytes, {@code null} if they do not or fp32 does not hold them exactly. */
    static @Nullable Requantization exactEnd(ProductParameters p, ConvRunner runner, ByteRange range) {
        if (p.x() == null || p.y() == null || runner.activation().kind() != Activation.Kind.NONE) {
            return null;
        }
        ProductEnd end = ProductEnd.of(p, range, NONE, false);
        ConvGeometry any = runner.smallest(p.w().shape());
        ByteTensor w = (ByteTensor) p.w();
        return end.kernel() instanceof Requantization r
                        && ConvInt8Floats.isExact(any, w.array(), w.offset(), w.type() == DataType.INT8, p.wZeros(), r)
                ? r
                : null;
    }

    @Override
    public void run(OpContext context) {
        if (!(context.packed() instanceof QConvChainLayer layer)) {
            throw new IllegalStateException("runs only with packed weights");
        }
        layer.run(context, (ByteTensor) context.input(0));
    }
}
