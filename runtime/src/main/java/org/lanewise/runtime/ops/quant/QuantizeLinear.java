package org.lanewise.runtime.ops.quant;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.elementwise.HalfPrecision;
import org.lanewise.kernels.quant.Quantize;
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
import org.lanewise.runtime.tensor.MiniFloat;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = saturate(round(x / scale) + zero)}, ties to even; for the small floating types {@code y = round(x / scale + zero)}. One scale for all, one for each index of
 * {@code axis}, or one for each block of it. ONNX {@code QuantizeLinear}-10, 13, 19, 21, 23, 24, 25.
 *
 * @param axis the axis with scales of its own
 * @param blockSize elements of the axis that share a scale; 0 where there are no blocks
 * @param saturate whether what is too large for a {@code FLOAT8*} type becomes its largest value
 * @param target type of the output; {@code null} for that of the zero point, else {@code UINT8}
 * @param precision type the quotient is rounded to; {@code null} for that of the scale
 */
public record QuantizeLinear(
        long axis,
        int blockSize,
        boolean saturate,
        @Nullable DataType target,
        @Nullable DataType precision) implements Operator, Repeatable {
    private static final Set<DataType> INPUTS = Collections.unmodifiableSet(
            EnumSet.of(DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE, DataType.INT32));

    private static final Set<DataType> SCALES = Collections.unmodifiableSet(EnumSet.of(
            DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE, DataType.INT32, DataType.FLOAT8E8M0));

    /** From a node. */
    public static QuantizeLinear create(NodeSpec spec) {
        spec.inputs(2, 3);
        return new QuantizeLinear(
                spec.opset() < 13 ? 1 : spec.intAttribute("axis", 1),
                QuantizedTypes.blockSize(spec),
                spec.opset() < 19 || spec.flag("saturate", true),
                spec.opset() < 21 ? null : QuantizedTypes.attribute(spec, "output_dtype", QuantizedTypes.TARGETS),
                spec.opset() < 23 ? null : QuantizedTypes.attribute(spec, "precision", Types.FLOATING));
    }

    /** From a node of {@code com.microsoft}, version 1: integers, of 4 and 16 bits too, one scale for all or one for each index of {@code axis}. */
    public static QuantizeLinear createContrib(NodeSpec spec) {
        spec.inputs(2, 3);
        return new QuantizeLinear(spec.intAttribute("axis", 1), 0, true, null, null);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, INPUTS);
        Types.check(context, 1, SCALES);
        DataType type = target == null ? DataType.UINT8 : target;
        if (context.inputCount() > 2 && context.hasInput(2)) {
            DataType zero = Types.check(context, 2, QuantizedTypes.TARGETS);
            if (target != null && target != zero) {
                throw new IllegalArgumentException(
                        "zero point is " + zero.onnxName() + ", but output_dtype is " + target.onnxName());
            }
            type = zero;
        }
        QuantizedTypes.checkShapes(context, axis, blockSize);
        context.output(0, type, context.inputShape(0));
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
        DataType type = zero != null ? zero.type() : target != null ? target : DataType.UINT8;
        Tensor y = context.output(0, type, x.shape());
        ScaleLayout layout = ScaleLayout.of(x.shape(), scale.shape(), axis, blockSize);
        DataType quotient = precision != null ? precision : scale.type();
        if (x instanceof FloatTensor in && scale instanceof FloatTensor && quotient == DataType.FLOAT) {
            float[] scales = scale.toFloatArray();
            if (type == DataType.UINT8 || type == DataType.INT8) {
                toBytes(context, layout, in, scales, QuantizedTypes.zeros(zero, scales.length), (ByteTensor) y);
                return;
            } else if (type == DataType.UINT16 || type == DataType.INT16) {
                toShorts(context, layout, in, scales, QuantizedTypes.zeros(zero, scales.length), (ShortTensor) y);
                return;
            }
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
        layout.forEach(
                context,
                5000,
                (start, n, first, step) -> general(x, y, quotient, scales, zeros, start, n, first, step));
    }

    private static void toBytes(
            OpContext context, ScaleLayout layout, FloatTensor x, float[] scales, int[] zeros, ByteTensor y) {
        boolean unsigned = y.type() == DataType.UINT8;
        layout.forEach(context, 200, (start, n, first, step) -> {
            int from = x.offset() + start;
            int to = y.offset() + start;
            if (step == 0) {
                Quantize.run(x.array(), from, y.array(), to, n, scales[first], zeros[first], unsigned);
            } else {
                Quantize.run(x.array(), from, y.array(), to, n, scales, zeros, first, unsigned);
            }
        });
    }

    private static void toShorts(
            OpContext context, ScaleLayout layout, FloatTensor x, float[] scales, int[] zeros, ShortTensor y) {
        boolean unsigned = y.type() == DataType.UINT16;
        layout.forEach(context, 300, (start, n, first, step) -> {
            int from = x.offset() + start;
            int to = y.offset() + start;
            QuantizeShort.quantize(x.array(), from, y.array(), to, n, scales, zeros, first, step, unsigned);
        });
    }

    private void general(
            Tensor x,
            Tensor y,
            DataType quotient,
            double[] scales,
            double[] zeros,
            int start,
            int n,
            int first,
            int step) {
        double[] values = new double[Math.min(n, Elements.RUN)];
        boolean floating = y.type().isFloating();
        double low = floating ? 0 : QuantizedTypes.smallest(y.type());
        double high = floating ? 0 : QuantizedTypes.largest(y.type());
        for (int at = 0; at < n; at += values.length) {
            int count = Math.min(values.length, n - at);
            Elements.read(x, start + at, 1, values, count);
            for (int i = 0; i < count; i++) {
                int parameter = first + (at + i) * step;
                double ratio = divide(values[i], scales[parameter], quotient);
                if (floating) {
                    byte code = MiniFloat.encode(y.type(), (float) (ratio + zeros[parameter]), saturate);
                    ((ByteTensor) y).array()[y.offset() + start + at + i] = code;
                } else {
                    values[i] = Math.clamp(Math.rint(ratio) + zeros[parameter], low, high);
                }
            }
            if (!floating) {
                Elements.write(values, y, start + at, count);
            }
        }
    }

    /** The quotient, rounded to {@code type}. */
    private static double divide(double x, double scale, DataType type) {
        return switch (type) {
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) x / (float) scale));
            case BFLOAT16 -> Float.intBitsToFloat(HalfPrecision.toBfloat16((float) x / (float) scale) << 16);
            case DOUBLE, INT32 -> x / scale;
            default -> (float) x / (float) scale;
        };
    }
}
