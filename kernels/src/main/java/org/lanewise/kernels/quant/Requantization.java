package org.lanewise.kernels.quant;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * What turns a layer's 32-bit sums into bytes, made once per layer; immutable:
 *
 * <pre>y = table[clamp(round(float(sum + bias[m]) * scale[m]) + zero, lo, hi)]</pre>
 *
 * <p>The sum is rounded to {@code float}, the product too, and then to an integer with ties to even, as ONNX Runtime does in QLinearConv and QLinearMatMul; {@code scale[m]} is
 * {@code xScale * wScale[m] / yScale} computed in {@code float} from left to right. Without bias it is ONNX {@code QuantizeLinear} of the dequantized sum up to the rounding
 * of the scale.
 */
public final class Requantization implements Int8End {
    /** Values that whole vectors may read behind the last channel. */
    private static final int PADDING = 64;

    final float[] scales;
    final int[] bias;
    final int zero;
    final int lo;
    final int hi;
    final byte @Nullable [] table;
    private final int channels;
    private final boolean uniform;

    private Requantization(
            float[] scales, int[] bias, int channels, int zero, int lo, int hi, byte @Nullable [] table) {
        this.scales = scales;
        this.bias = bias;
        this.channels = channels;
        this.uniform = IntStream.range(1, channels).allMatch(i -> scales[i] == scales[0]);
        this.zero = zero;
        this.lo = lo;
        this.hi = hi;
        this.table = table;
    }

    /**
     * One for {@code channels} output channels.
     *
     * @param scales one for all, or one per channel
     * @param bias one per channel, or null for none
     * @param zero the value of y that stands for 0, in the range of its type
     * @param unsigned whether y is uint8; int8 otherwise
     */
    public static Requantization of(int channels, float[] scales, int @Nullable [] bias, int zero, boolean unsigned) {
        if (scales.length != 1 && scales.length != channels) {
            throw new IllegalArgumentException(scales.length + " scales, expected 1 or " + channels);
        }
        if (bias != null && bias.length != channels) {
            throw new IllegalArgumentException(bias.length + " values of bias, expected " + channels);
        }
        int lo = QuantizeScalar.smallest(unsigned);
        int hi = QuantizeScalar.largest(unsigned);
        if (zero < lo || zero > hi) {
            throw new IllegalArgumentException("the zero point is " + zero + ", expected " + lo + ".." + hi);
        }
        float[] all = Arrays.copyOf(scales, channels + PADDING);
        if (scales.length == 1) {
            Arrays.fill(all, 0, channels, scales[0]);
        }
        int[] addends = bias == null ? new int[channels + PADDING] : Arrays.copyOf(bias, channels + PADDING);
        return new Requantization(all, addends, channels, zero, lo, hi, null);
    }

    /** The same with a narrower range of results before the table: a fused Relu (lo = zero) or Clip. */
    public Requantization within(int least, int most) {
        int from = Math.max(lo, least);
        int to = Math.min(hi, most);
        if (from > to) {
            throw new IllegalArgumentException("no result is within " + least + ".." + most);
        }
        return new Requantization(scales, bias, channels, zero, from, to, table);
    }

    /** The same with a table of 256 bytes applied to the result: {@code y = table[result & 0xff]}, any function of one byte. */
    public Requantization withTable(byte[] bytes) {
        if (bytes.length != 256) {
            throw new IllegalArgumentException("a table of " + bytes.length + " bytes, expected 256");
        }
        return new Requantization(scales, bias, channels, zero, lo, hi, bytes.clone());
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int bias(int channel) {
        return bias[channel];
    }

    /**
     * Writes rows of bytes.
     *
     * @param sums {@code (rows, ld)}; up to a vector more is read behind each row's {@code count}
     * @param start what is added to each column's sum, with the bias in it
     * @param channel the channel of the first column
     */
    public void store(
            int[] sums,
            int sumsOff,
            int ld,
            int[] start,
            int startOff,
            int rows,
            int channel,
            int count,
            byte[] y,
            int yOff,
            int ldy) {
        int done = 0;
        if (QuantizeVector.AVAILABLE) {
            done = count - count % Simd.LANES;
            for (int j = 0; j < done; j += Simd.LANES) {
                RequantizationVector.columns(
                        this, sums, sumsOff + j, ld, start, startOff + j, rows, channel + j, y, yOff + j, ldy);
            }
            if (0 < done && done < count) { // the last vector overlaps the one before it
                int j = count - Simd.LANES;
                RequantizationVector.columns(
                        this, sums, sumsOff + j, ld, start, startOff + j, rows, channel + j, y, yOff + j, ldy);
                done = count;
            }
        }
        if (done < count) {
            scalar(
                    sums,
                    sumsOff + done,
                    ld,
                    start,
                    startOff + done,
                    rows,
                    channel + done,
                    count - done,
                    y,
                    yOff + done,
                    ldy);
        }
        if (table != null) {
            for (int r = 0; r < rows; r++) {
                ByteTable.apply(table, y, yOff + r * ldy, y, yOff + r * ldy, count);
            }
        }
    }

    private void scalar(
            int[] sums,
            int sumsOff,
            int ld,
            int[] start,
            int startOff,
            int rows,
            int channel,
            int count,
            byte[] y,
            int yOff,
            int ldy) {
        float low = lo - zero; // bounds are integers, so limiting before rounding is the same as after
        float high = hi - zero;
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < count; j++) {
                float product = (sums[sumsOff + r * ld + j] + start[startOff + j]) * scales[channel + j];
                float limited = Math.min(Math.max(product, low), high);
                y[yOff + r * ldy + j] =
                        (byte) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
            }
        }
    }

    /**
     * Writes rows of bytes from sums that are exact in {@code float}, the bias in them.
     *
     * @param sums {@code (rows, channels)}
     */
    public void store(float[] sums, int sumsOff, int rows, byte[] y, int yOff) {
        int count = rows * channels;
        boolean vector = QuantizeVector.AVAILABLE;
        if (uniform) {
            int done = vector ? count - count % Simd.LANES : 0;
            if (done > 0) {
                RequantizationVector.run(this, sums, sumsOff, done, y, yOff);
            }
            scalar(sums, sumsOff, done, count, 0, y, yOff);
        } else {
            int done = vector ? channels - channels % Simd.LANES : 0;
            for (int j = 0; j < done; j += Simd.LANES) {
                RequantizationVector.columns(this, sums, sumsOff + j, channels, rows, j, y, yOff + j);
            }
            for (int r = 0; done < channels && r < rows; r++) {
                scalar(sums, sumsOff + r * channels, done, channels, 1, y, yOff + r * channels);
            }
        }
        if (table != null) {
            ByteTable.apply(table, y, yOff, y, yOff, count);
        }
    }

    private void scalar(float[] sums, int sumsOff, int from, int to, int step, byte[] y, int yOff) {
        float low = lo - zero;
        float high = hi - zero;
        for (int j = from; j < to; j++) {
            float limited = Math.min(Math.max(sums[sumsOff + j] * scales[j * step], low), high);
            y[yOff + j] = (byte) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
        }
    }

    /** One value by the formula, for those who test against it. */
    public byte apply(int sum, int channel) {
        byte[] y = new byte[1];
        scalar(new int[] {sum}, 0, 0, new int[] {bias[channel]}, 0, 1, channel, 1, y, 0, 0);
        return table == null ? y[0] : table[y[0] & 0xff];
    }
}
