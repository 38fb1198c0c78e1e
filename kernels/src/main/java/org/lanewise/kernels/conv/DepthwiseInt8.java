package org.lanewise.kernels.conv;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Int8End;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

/**
 * Depthwise 2-D convolution of bytes, channels-last. The lines that an output row reads are widened to 16 bits once, padded with the zero point; products are summed two at a time in
 * 16 bits (one where weights have a zero point and so 9 bits) and then in 32, as in {@code Int8Tiles}.
 */
final class DepthwiseInt8 {
    /** Channels of a block; the two halves of a block share the 32 bits that the sums are taken apart from. */
    private static final int BLOCK = 2 * Simd.LANES;

    private final int channels;
    private final int multiplier;
    private final int blocks;
    private final int taps;
    private final boolean narrow;
    private final boolean xSigned;
    private final int xZero;
    private final @Nullable Int8End end;

    /** Weights, zero points subtracted, {@code (blocks, taps, BLOCK)} in the order of the lanes; or {@code (taps, M)} for {@link #plain}. */
    private final short[] weights;

    /** What is added to the sums of centred values. */
    private final int[] start;

    DepthwiseInt8(
            ConvGeometry g,
            byte[] w,
            int wOff,
            boolean wSigned,
            int @Nullable [] wZeros,
            boolean xSigned,
            int xZero,
            @Nullable Int8End end) {
        this.channels = g.outChannels();
        this.multiplier = g.groupOutChannels();
        this.taps = g.taps();
        this.blocks = Math.ceilDiv(channels, BLOCK);
        this.xSigned = xSigned;
        this.xZero = xZero - (xSigned ? 0 : 128);
        this.end = end;
        this.weights = new short[blocks * taps * BLOCK];
        this.start = new int[blocks * BLOCK];
        boolean bytes = true;
        for (int m = 0; m < channels; m++) {
            int zero = wZeros == null ? 0 : wZeros[wZeros.length == 1 ? 0 : m];
            int sum = 0;
            for (int t = 0; t < taps; t++) {
                int value = (wSigned ? w[wOff + m * taps + t] : w[wOff + m * taps + t] & 0xff) - zero;
                bytes &= value == (byte) value;
                sum += value;
                weights[plain() ? t * channels + m : (m / BLOCK * taps + t) * BLOCK + lane(m % BLOCK)] = (short) value;
            }
            start[m] = (end == null ? 0 : end.bias(m)) - this.xZero * sum;
        }
        this.narrow = bytes;
    }

    private static int lane(int channel) {
        return channel % Simd.LANES * 2 + channel / Simd.LANES;
    }

    /** Whether there are no vectors, or several outputs of each channel. */
    private boolean plain() {
        return !Simd.ENABLED || multiplier != 1;
    }

    /** {@code int}s of a widened line, two channels each. */
    private int lineSize(ConvGeometry g) {
        WindowAxis h = g.axis(1);
        return (Math.max(0, h.output() - 1) * h.stride() + h.extent()) * blocks * Simd.LANES;
    }

    int scratchSize(ConvGeometry g) {
        int width = g.axis(1).output();
        return plain() ? width * channels : g.axis(0).kernel() * (lineSize(g) + 1) + width * BLOCK + taps;
    }

    void run(
            ConvGeometry g,
            byte[] x,
            int xOff,
            float @Nullable [] xScale,
            Object y,
            int yOff,
            int[] scratch,
            int scratchOff,
            int fromRow,
            int toRow) {
        int width = g.axis(1).output();
        if (plain()) {
            for (int row = fromRow; row < toRow; row++) {
                plainRow(g, x, xOff, row, scratch, scratchOff);
                store(scratch, scratchOff, channels, width, 0, channels, xScale, y, yOff + row * width * channels);
            }
            return;
        }
        WindowAxis v = g.axis(0);
        int size = lineSize(g);
        int sums = scratchOff + v.kernel() * size;
        int offsets = sums + width * BLOCK;
        int held = offsets + taps;
        Arrays.fill(scratch, held, held + v.kernel(), Integer.MIN_VALUE);
        int image = -1;
        for (int row = fromRow; row < toRow; row++) {
            if (row / v.output() != image) {
                image = row / v.output();
                Arrays.fill(scratch, held, held + v.kernel(), Integer.MIN_VALUE);
            }
            int top = row % v.output() * v.stride() - v.padBegin();
            for (int ky = 0; ky < v.kernel(); ky++) {
                int iy = top + ky * v.dilation();
                int slot = v.dilation() == 1 ? Math.floorMod(iy, v.kernel()) : ky;
                int at = scratchOff + slot * size;
                if (scratch[held + slot] != iy) {
                    scratch[held + slot] = iy;
                    boolean inside = iy >= 0 && iy < v.input();
                    int from = xOff + (image * v.input() + iy) * g.axis(1).input() * channels;
                    widenLine(g.axis(1), x, inside ? from : -1, scratch, at, size);
                }
                for (int kx = 0; kx < g.axis(1).kernel(); kx++) {
                    scratch[offsets + ky * g.axis(1).kernel() + kx] =
                            at + kx * g.axis(1).dilation() * blocks * Simd.LANES;
                }
            }
            int step = g.axis(1).stride() * blocks * Simd.LANES;
            for (int block = 0; block < blocks; block++) {
                int w = block * taps * BLOCK;
                if (taps == 9 && narrow) {
                    DepthwiseInt8Vector.row3x3(scratch, offsets, block * Simd.LANES, step, weights, w, width, sums);
                } else {
                    DepthwiseInt8Vector.row(
                            scratch, offsets, block * Simd.LANES, step, weights, w, taps, narrow, width, sums);
                }
                int first = block * BLOCK;
                int count = Math.min(BLOCK, channels - first);
                store(scratch, sums, BLOCK, width, first, count, xScale, y, yOff + row * width * channels + first);
            }
        }
    }

    /** Widens one line of the input, {@code from < 0} for one of the padding. */
    private void widenLine(WindowAxis h, byte[] x, int from, int[] line, int at, int size) {
        int pixel = blocks * Simd.LANES;
        int padding = (xZero & 0xffff) * 0x10001;
        if (from < 0) {
            Arrays.fill(line, at, at + size, padding);
            return;
        }
        int pixels = size / Math.max(1, pixel);
        int begin = Math.min(h.padBegin(), pixels);
        int last = Math.min(pixels, begin + h.input());
        Arrays.fill(line, at, at + begin * pixel, padding);
        Arrays.fill(line, at + last * pixel, at + size, padding);
        int centre = xSigned ? 0 : 128;
        for (int p = begin; p < last; p++) {
            int in = from + (p - begin) * channels;
            int out = at + p * pixel;
            boolean room = in + blocks * BLOCK <= x.length; // values of the next pixel meet weights of 0
            int whole = DepthwiseInt8Vector.widen(x, in, xSigned, line, out, room ? blocks : channels / BLOCK);
            for (int c = whole * BLOCK; c < blocks * BLOCK; c += BLOCK) {
                for (int j = 0; j < Simd.LANES; j++) {
                    int low = c + j < channels ? (byte) (x[in + c + j] - centre) : 0;
                    int second = c + j + Simd.LANES;
                    int high = second < channels ? (byte) (x[in + second] - centre) : 0;
                    line[out + c / 2 + j] = low & 0xffff | high << 16;
                }
            }
        }
    }

    /** The sums of one output row, less {@link #start}. */
    private void plainRow(ConvGeometry g, byte[] x, int xOff, int row, int[] sums, int sumsOff) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int centre = xSigned ? 0 : 128;
        int inputs = channels / multiplier;
        int top = row % v.output() * v.stride() - v.padBegin();
        int image = xOff + row / v.output() * v.input() * h.input() * inputs;
        for (int ox = 0; ox < h.output(); ox++) {
            int to = sumsOff + ox * channels;
            Arrays.fill(sums, to, to + channels, 0);
            for (int t = 0; t < taps; t++) {
                int iy = top + t / h.kernel() * v.dilation();
                int ix = ox * h.stride() - h.padBegin() + t % h.kernel() * h.dilation();
                boolean inside = iy >= 0 && iy < v.input() && ix >= 0 && ix < h.input();
                int from = image + (iy * h.input() + ix) * inputs;
                for (int m = 0; m < channels; m++) {
                    int value = inside ? (byte) (x[from + m / multiplier] - centre) : xZero;
                    sums[to + m] += value * weights[t * channels + m];
                }
            }
        }
    }

    private void store(
            int[] sums,
            int sumsOff,
            int ld,
            int pixels,
            int channel,
            int count,
            float @Nullable [] xScale,
            Object y,
            int yOff) {
        switch (end) {
            case null -> {
                int[] out = (int[]) y;
                for (int p = 0; p < pixels; p++) {
                    for (int j = 0; j < count; j++) {
                        out[yOff + p * channels + j] = sums[sumsOff + p * ld + j] + start[channel + j];
                    }
                }
            }
            case Requantization q ->
                q.store(sums, sumsOff, ld, start, channel, pixels, channel, count, (byte[]) y, yOff, channels);
            case Rescaling q -> {
                float[] scale = Objects.requireNonNull(xScale);
                float[] out = (float[]) y;
                q.store(sums, sumsOff, ld, start, channel, pixels, scale, 0, channel, count, out, yOff, channels);
            }
        }
    }
}
