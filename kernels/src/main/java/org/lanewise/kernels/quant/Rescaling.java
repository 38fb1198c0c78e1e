package org.lanewise.kernels.quant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;

/**
 * What turns a layer's 32-bit sums into {@code float}, for weights quantized beforehand and activations quantized at run time; made once per layer, immutable:
 *
 * <pre>y[i, m] = activation(float(sum) * (aScale[i] * scale[m]) + bias[m])</pre>
 *
 * <p>Every operation is rounded to {@code float}, as in the graph of MatMulInteger, Cast, Mul and Add.
 */
public final class Rescaling implements Int8End {
    /** Values that whole vectors may read behind the last channel. */
    private static final int PADDING = 64;

    final float[] scales;
    final float[] bias;
    private final Activation activation;
    private final int channels;

    private Rescaling(float[] scales, float[] bias, Activation activation, int channels) {
        this.scales = scales;
        this.bias = bias;
        this.activation = activation;
        this.channels = channels;
    }

    /**
     * One for {@code channels} output channels.
     *
     * @param scales one for all, or one per channel
     * @param bias one per channel, or null for none
     */
    public static Rescaling of(int channels, float[] scales, float @Nullable [] bias, Activation activation) {
        if (scales.length != 1 && scales.length != channels) {
            throw new IllegalArgumentException(scales.length + " scales, expected 1 or " + channels);
        }
        if (bias != null && bias.length != channels) {
            throw new IllegalArgumentException(bias.length + " values of bias, expected " + channels);
        }
        float[] all = Arrays.copyOf(scales, channels + PADDING);
        if (scales.length == 1) {
            Arrays.fill(all, 0, channels, scales[0]);
        }
        float[] addends = new float[channels + PADDING];
        if (bias == null) {
            Arrays.fill(addends, -0f); // adding it changes nothing, not even the sign of a zero
        } else {
            System.arraycopy(bias, 0, addends, 0, channels);
        }
        return new Rescaling(all, addends, activation, channels);
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int bias(int channel) {
        return 0;
    }

    /**
     * Writes rows of {@code float}.
     *
     * @param sums {@code (rows, ld)}
     * @param start what is added to each column's sum
     * @param aScales one for all rows, or one per row from {@code aScalesOff} on
     * @param channel the channel of the first column
     */
    public void store(
            int[] sums,
            int sumsOff,
            int ld,
            int[] start,
            int startOff,
            int rows,
            float[] aScales,
            int aScalesOff,
            int channel,
            int count,
            float[] y,
            int yOff,
            int ldy) {
        int vectors = Simd.ENABLED ? count - count % Simd.LANES : 0;
        for (int r = 0; r < rows; r++) {
            float scale = aScales[aScales.length == 1 ? 0 : aScalesOff + r];
            int from = sumsOff + r * ld;
            int to = yOff + r * ldy;
            if (vectors > 0) {
                RescalingVector.row(scales, bias, channel, scale, sums, from, start, startOff, vectors, y, to);
            }
            for (int j = vectors; j < count; j++) {
                y[to + j] = (sums[from + j] + start[startOff + j]) * (scale * scales[channel + j]) + bias[channel + j];
            }
            if (activation.kind() != Activation.Kind.NONE) {
                Activations.apply(activation, y, to, count);
            }
        }
    }
}
