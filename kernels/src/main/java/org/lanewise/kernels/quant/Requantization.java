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

    /** Values a run over scales of several pixels has at least. */
    private static final int PERIOD = 1024;

    final float[] scales;
    final int[] bias;
    final int zero;
    final int lo;
    final int hi;
    final byte @Nullable [] table;
    private final int channels;

    /** The scales of as many whole pixels as give a loop of some length, {@link #PERIOD} values or more, and whole vectors if that is not much more. */
    final float[] period;

    private final boolean uniform;
    private final WholeEnd onRegisters;

    private Requantization(
            float[] scales, int[] bias, int channels, int zero, int lo, int hi, byte @Nullable [] table) {
        this.scales = scales;
        this.bias = bias;
        this.channels = channels;
        this.uniform = IntStream.range(1, channels).allMatch(i -> scales[i] == scales[0]);
        this.period = new float[pixels(channels) * channels];
        for (int i = 0; i < period.length; i++) {
            period[i] = scales[i % channels];
        }
        this.zero = zero;
        this.lo = lo;
        this.hi = hi;
        this.table = table;
        this.onRegisters = new WholeEnd(scales, limit(lo), limit(hi));
    }

    private static int pixels(int channels) {
        int least = Math.ceilDiv(PERIOD, Math.max(1, channels));
        int step = 1; // pixels that are whole vectors
        while (step * channels % Math.max(1, Simd.LANES) != 0) {
            step *= 2;
        }
        int whole = Math.ceilDiv(least, step) * step;
        return whole * (long) channels <= 4 * PERIOD ? whole : least;
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

    /** The same without a table. */
    public Requantization withoutTable() {
        return table == null ? this : new Requantization(scales, bias, channels, zero, lo, hi, null);
    }

    @Override
    public int channels() {
        return channels;
    }

    /** The value of y that stands for 0. */
    public int zero() {
        return zero;
    }

    /** Replaces {@code n} results by what the table has for them; nothing where there is none. */
    public void look(byte[] y, int yOff, int n) {
        if (table != null) {
            ByteTable.apply(table, y, yOff, y, yOff, n);
        }
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
        if (Simd.WIDENS_BYTES) {
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
        if (Simd.WIDENS_BYTES && uniform) {
            int done = count - count % Simd.LANES;
            if (done > 0) {
                RequantizationVector.channel(this, 0, sums, sumsOff, done, y, yOff);
            }
            scalar(sums, sumsOff + done, count - done, 0, y, yOff + done);
        } else {
            for (int i = 0; i < count; i += period.length) {
                periodOf(sums, sumsOff + i, Math.min(period.length, count - i), y, yOff + i);
            }
        }
        if (table != null) {
            ByteTable.apply(table, y, yOff, y, yOff, count);
        }
    }

    /** Writes bytes of what {@link #whole} makes, {@code n} values. */
    public void bytes(float[] wholes, int off, int n, byte[] y, int yOff) {
        int done = Simd.WIDENS_BYTES ? n - n % Simd.LANES : 0;
        if (done > 0) {
            RequantizationVector.bytes(wholes, off, done, zero, y, yOff);
        }
        for (int i = done; i < n; i++) {
            y[yOff + i] = (byte) ((int) wholes[off + i] + zero);
        }
        if (table != null) {
            ByteTable.apply(table, y, yOff, y, yOff, n);
        }
    }

    /** Writes {@code n} bytes of one channel from sums that are exact in {@code float}, the bias in them. */
    public void storeChannel(float[] sums, int sumsOff, int n, int channel, byte[] y, int yOff) {
        int done = Simd.WIDENS_BYTES ? n - n % Simd.LANES : 0;
        if (done > 0) {
            RequantizationVector.channel(this, channel, sums, sumsOff, done, y, yOff);
        }
        float low = lo - zero;
        float high = hi - zero;
        for (int j = done; j < n; j++) {
            float limited = Math.min(Math.max(sums[sumsOff + j] * scales[channel], low), high);
            y[yOff + j] = (byte) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
        }
        if (table != null) {
            ByteTable.apply(table, y, yOff, y, yOff, n);
        }
    }

    /** Sums of whole pixels; the last vector overlaps the one before it. */
    private void periodOf(float[] sums, int sumsOff, int count, byte[] y, int yOff) {
        if (!Simd.WIDENS_BYTES || count < Simd.LANES) {
            scalar(sums, sumsOff, count, 1, y, yOff);
            return;
        }
        int whole = count - count % Simd.LANES;
        RequantizationVector.run(this, 0, sums, sumsOff, whole, y, yOff);
        if (whole < count) {
            int last = count - Simd.LANES;
            RequantizationVector.run(this, last, sums, sumsOff + last, Simd.LANES, y, yOff + last);
        }
    }

    /**
     * Makes sums that are exact in {@code float} what they stand for less the zero point, whole numbers in {@code float}, in place; there must be no table.
     *
     * @param sums {@code (rows, channels)}
     */
    public void whole(float[] sums, int sumsOff, int rows) {
        if (table != null) {
            throw new IllegalStateException("a table gives bytes");
        }
        int count = rows * channels;
        int vectors = Simd.ENABLED ? period.length - period.length % Simd.LANES : 0;
        for (int i = 0; i < count; i += period.length) {
            int n = Math.min(period.length, count - i);
            int done = Math.min(vectors, n - n % Simd.LANES);
            if (done > 0) {
                WholeVector.run(period, limit(lo), limit(hi), sums, sumsOff + i, done);
            }
            wholeScalar(sums, sumsOff + i, done, n);
        }
    }

    /** The same for one vector of columns, of channels from {@code channel} on, of rows {@code ld} apart; where there are vectors. */
    public void wholeColumns(float[] sums, int sumsOff, int ld, int rows, int channel) {
        WholeVector.columns(wholeEnd(), channel, sums, sumsOff, ld, rows);
    }

    /** The same for tiles that do it on registers; there must be no table. */
    public WholeEnd wholeEnd() {
        if (table != null) {
            throw new IllegalStateException("a table gives bytes");
        }
        return onRegisters;
    }

    /** The same, followed by {@link #zero} added and {@link #look}: for tiles that make bytes on registers. */
    public WholeEnd beforeTable() {
        return onRegisters;
    }

    private int limit(int value) {
        return Float.floatToRawIntBits(value - zero + QuantizeScalar.ROUNDER);
    }

    private void wholeScalar(float[] sums, int at, int from, int to) {
        float low = lo - zero;
        float high = hi - zero;
        for (int j = from; j < to; j++) {
            float limited = Math.min(Math.max(sums[at + j] * period[j], low), high);
            sums[at + j] = limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER;
        }
    }

    private void scalar(float[] sums, int sumsOff, int count, int step, byte[] y, int yOff) {
        float low = lo - zero;
        float high = hi - zero;
        for (int j = 0; j < count; j++) {
            float limited = Math.min(Math.max(sums[sumsOff + j] * period[j * step], low), high);
            y[yOff + j] = (byte) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
        }
    }

    /**
     * Whether every sum of at most {@code largest} in magnitude gives the same byte in this channel: the product never decreases from sum to sum, or never increases, so those at both ends tell. Weights that are next to
     * nothing have such channels, with a bias of any size.
     */
    public boolean isConstant(int channel, long largest) {
        long last = Math.abs((long) bias[channel]) + largest;
        return last <= Integer.MAX_VALUE && code((int) -largest, channel) == code((int) largest, channel);
    }

    /** The same where sums are 0 in these channels: what they give then comes of a scale of 1 and a bias that is the result's distance from its zero point. */
    public Requantization withConstants(boolean[] which) {
        float[] newScales = scales.clone();
        int[] newBias = bias.clone();
        for (int m = 0; m < channels; m++) {
            if (which[m]) {
                newScales[m] = 1;
                newBias[m] = code(0, m) - zero;
            }
        }
        return new Requantization(newScales, newBias, channels, zero, lo, hi, table);
    }

    /** The result before the table. */
    private int code(int sum, int channel) {
        float product = (sum + bias[channel]) * scales[channel];
        float limited = Math.min(Math.max(product, lo - zero), hi - zero);
        return (int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero;
    }

    /** One value by the formula, for those who test against it. */
    public byte apply(int sum, int channel) {
        int y = code(sum, channel);
        return table == null ? (byte) y : table[y & 0xff];
    }
}
