package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.kernels.elementwise.FloatElementwise;
import org.lanewise.kernels.quant.Int8End;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What a quantized product or convolution does with its sums.
 *
 * <p>Bytes come straight from the sums where the bias is a whole number of steps of the sums, as it is where it was quantized, and there is no activation but a clamp. Otherwise bytes come from fp32 values, which are
 * computed some rows at a time in scratch.
 *
 * @param kernel what the kernel does: gives bytes, or fp32
 * @param type the type of the output
 * @param y how fp32 values of the kernel become bytes; {@code null} where its output is the operator's
 * @param low smallest byte of {@code y}
 * @param high largest byte of {@code y}
 * @param activation what is left to do behind a residual
 */
record ProductEnd(Int8End kernel, DataType type, @Nullable Quantization y, int low, int high, Activation activation) {
    /** Furthest that a bias may be from a whole number of steps of the sums, in steps of the output: less than what fp32 rounds off anyway. */
    private static final double NEAR = 1e-5;

    private static final double FP32 = 4 * Math.ulp(1f);
    private static final int LARGEST_BIAS = 1 << 30;
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);

    static ProductEnd of(ProductParameters p, ByteRange range, Activation activation, boolean residual) {
        Quantization x = p.x();
        Quantization y = p.y();
        float[] scales = p.wScales();
        int channels = scales.length;
        if (x == null || y == null) {
            Rescaling floats = Rescaling.of(channels, scales, floatBias(p), residual ? NONE : activation);
            return new ProductEnd(floats, DataType.FLOAT, null, 0, 0, residual ? activation : NONE);
        }
        DataType type = p.yType();
        int low = range.low(type);
        int high = range.high(type);
        int @Nullable [] bias = activation.kind() == Activation.Kind.NONE ? wholeBias(p) : null;
        if (bias == null) {
            return new ProductEnd(Rescaling.of(channels, scales, floatBias(p), activation), type, y, low, high, NONE);
        }
        float[] factors = new float[channels];
        for (int i = 0; i < channels; i++) {
            factors[i] = x.scale() * scales[i] / y.scale();
        }
        Requantization bytes = Requantization.of(channels, factors, bias, y.zero(), type == DataType.UINT8)
                .within(low, high);
        return new ProductEnd(bytes, type, null, 0, 0, NONE);
    }

    /** The bias in steps of the sums, or {@code null} where it is not whole. */
    private static int @Nullable [] wholeBias(ProductParameters p) {
        Quantization x = p.x();
        Quantization y = p.y();
        Tensor bias = p.bias();
        int[] whole = new int[p.wScales().length];
        for (int i = 0; bias != null && x != null && y != null && i < whole.length; i++) {
            double step = (double) x.scale() * p.wScales()[i];
            double steps = bias.type() == DataType.INT32 ? bias.getDouble(i) : bias.getDouble(i) / step;
            double rounded = Math.rint(steps);
            boolean near = Math.abs(steps - rounded) * step / y.scale() <= NEAR
                    || Math.abs(steps - rounded)
                            <= Math.abs(steps) * FP32; // rounding errors of the bias and the scales in fp32
            if (!near || Math.abs(rounded) > LARGEST_BIAS) {
                return null;
            }
            whole[i] = (int) rounded;
        }
        return whole;
    }

    private static float @Nullable [] floatBias(ProductParameters p) {
        Tensor bias = p.bias();
        if (bias == null) {
            return null;
        }
        float[] values = bias.toFloatArray().clone();
        for (int i = 0; bias.type() == DataType.INT32 && i < values.length; i++) {
            if (p.x() == null) {
                throw new IllegalArgumentException("an INT32 bias needs a constant scale of the input");
            }
            values[i] *= p.x().scale() * p.wScales()[i];
        }
        return values;
    }

    /** Whether the kernel gives fp32, in scratch or as the output. */
    boolean isFloat() {
        return kernel instanceof Rescaling;
    }

    /** Whether fp32 values of the kernel are still to become bytes. */
    boolean goesOn() {
        return y != null;
    }

    /** Makes {@code n} fp32 values bytes. */
    void quantize(float[] values, int off, byte[] out, int outOff, int n) {
        if (y == null) {
            throw new IllegalStateException("the kernel's output is the operator's");
        }
        boolean unsigned = type == DataType.UINT8;
        Quantize.run(values, off, out, outOff, n, y.scale(), y.zero(), unsigned);
        if (low > (unsigned ? 0 : Byte.MIN_VALUE) || high < (unsigned ? 255 : Byte.MAX_VALUE)) {
            Quantize.limit(out, outOff, n, low, high, unsigned);
        }
    }

    /** Adds {@code n} values of the residual, if there is one, from element {@code at} of the output on, and applies what follows. */
    void addResidual(FloatTensor out, @Nullable FloatTensor residual, int at, int n) {
        if (residual != null) {
            int to = out.offset() + at;
            FloatElementwise.addTo(residual.array(), residual.offset() + at, out.array(), to, n);
            if (activation.kind() != Activation.Kind.NONE) {
                Activations.apply(activation, out.array(), to, n);
            }
        }
    }
}
