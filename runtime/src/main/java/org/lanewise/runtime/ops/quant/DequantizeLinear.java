package org.lanewise.runtime.ops.quant;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.Dequantize;
import org.lanewise.kernels.quant.QuantizeShort;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - zero) scale}. One scale for all, one for each index of {@code axis}, or one for each block of it. ONNX {@code DequantizeLinear}-10, 13, 19, 21, 23, 24, 25.
 *
 * @param axis the axis with scales of its own
 * @param blockSize elements of the axis that share a scale; 0 where there are no blocks
 * @param target type of the output; {@code null} for that of the scale
 */
public record DequantizeLinear(
        long axis, int blockSize, @Nullable DataType target) implements Operator, Repeatable {
    private static final Set<DataType> INPUTS = inputs();

    private static final Set<DataType> SCALES = Collections.unmodifiableSet(
            EnumSet.of(DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE, DataType.FLOAT8E8M0));

    /** From a node. */
    public static DequantizeLinear create(NodeSpec spec) {
        spec.inputs(2, 3);
        return new DequantizeLinear(
                spec.opset() < 13 ? 1 : spec.intAttribute("axis", 1),
                QuantizedTypes.blockSize(spec),
                spec.opset() < 23 ? null : QuantizedTypes.attribute(spec, "output_dtype", Types.FLOATING));
    }

    /** From a node of {@code com.microsoft}, version 1: integers, of 4 and 16 bits too, one scale for all or one for each index of {@code axis}. */
    public static DequantizeLinear createContrib(NodeSpec spec) {
        spec.inputs(2, 3);
        return new DequantizeLinear(spec.intAttribute("axis", 1), 0, null);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, INPUTS);
        DataType scale = Types.check(context, 1, SCALES);
        if (context.inputCount() > 2 && context.hasInput(2)) {
            Types.same(context, 2, 0);
        }
        if (scale == DataType.FLOAT8E8M0 && target == null) {
            throw new IllegalArgumentException(
                    "scales are float8e8m0, which cannot be the output's type, and output_dtype is not given");
        }
        QuantizedTypes.checkShapes(context, axis, blockSize);
        context.output(0, target == null ? scale : target, context.inputShape(0));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor scale = context.input(1);
        Tensor zero = context.inputCount() > 2 ? context.optionalInput(2) : null;
        Tensor y = context.output(0, target == null ? scale.type() : target, x.shape());
        ScaleLayout layout = ScaleLayout.of(x.shape(), scale.shape(), axis, blockSize);
        if (y instanceof FloatTensor out && (x.type() == DataType.UINT8 || x.type() == DataType.INT8)) {
            fromBytes(
                    context,
                    layout,
                    (ByteTensor) x,
                    scale.toFloatArray(),
                    QuantizedTypes.zeros(zero, scale.size()),
                    out);
            return;
        }
        if (y instanceof FloatTensor out && (x.type() == DataType.UINT16 || x.type() == DataType.INT16)) {
            fromShorts(
                    context,
                    layout,
                    (ShortTensor) x,
                    scale.toFloatArray(),
                    QuantizedTypes.zeros(zero, scale.size()),
                    out);
            return;
        }
        double[] scales = new double[scale.size()];
        Elements.read(scale, 0, 1, scales, scales.length);
        double[] zeros = new double[scales.length];
        if (zero != null) {
            if (zero.size() != scales.length) {
                throw new IllegalArgumentException("zero points are " + zero + ", expected as many as scales " + scale);
            }
            Elements.read(zero, 0, 1, zeros, zeros.length);
        }
        layout.forEach(context, 5000, (start, n, first, step) -> general(x, y, scales, zeros, start, n, first, step));
    }

    private static void fromBytes(
            OpContext context, ScaleLayout layout, ByteTensor x, float[] scales, int[] zeros, FloatTensor y) {
        boolean unsigned = x.type() == DataType.UINT8;
        layout.forEach(context, 100, (start, n, first, step) -> {
            int from = x.offset() + start;
            int to = y.offset() + start;
            if (step == 0) {
                Dequantize.run(x.array(), from, y.array(), to, n, scales[first], zeros[first], unsigned);
            } else {
                Dequantize.run(x.array(), from, y.array(), to, n, scales, zeros, first, unsigned);
            }
        });
    }

    private static void fromShorts(
            OpContext context, ScaleLayout layout, ShortTensor x, float[] scales, int[] zeros, FloatTensor y) {
        boolean unsigned = x.type() == DataType.UINT16;
        layout.forEach(context, 200, (start, n, first, step) -> {
            int from = x.offset() + start;
            int to = y.offset() + start;
            QuantizeShort.dequantize(x.array(), from, y.array(), to, n, scales, zeros, first, step, unsigned);
        });
    }

    private static void general(
            Tensor x, Tensor y, double[] scales, double[] zeros, int start, int n, int first, int step) {
        boolean precise = y.type() == DataType.DOUBLE;
        double[] values = new double[Math.min(n, Elements.RUN)];
        for (int at = 0; at < n; at += values.length) {
            int count = Math.min(values.length, n - at);
            Elements.read(x, start + at, 1, values, count);
            for (int i = 0; i < count; i++) {
                int parameter = first + (at + i) * step;
                double difference = values[i] - zeros[parameter];
                values[i] = precise ? difference * scales[parameter] : (float) difference * (float) scales[parameter];
            }
            Elements.write(values, y, start + at, count);
        }
    }

    private static Set<DataType> inputs() {
        EnumSet<DataType> types = EnumSet.copyOf(QuantizedTypes.TARGETS);
        types.add(DataType.INT32);
        return Collections.unmodifiableSet(types);
    }
}
