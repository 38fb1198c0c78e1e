package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Dequantize;

/**
 * Where {@link DirectNhwc} reads the input: a band of input rows, copied with their padding, one row of pixels after the other for each channel,
 * {@code (rows, C, pitch)}. So the pixels of a tile lie next to each other (or two apart, for stride 2), and every tap is a constant distance away.
 *
 * <p>For a stride above 2 a row is cut in {@code stride} phases: first its pixels 0, stride, 2 stride..., then 1, stride + 1... Seen from a tap the stride is then 1.
 *
 * @param v vertical axis
 * @param h horizontal axis
 * @param channels input channels of all groups
 * @param phases 1, or the stride where that is above 2
 * @param phasePitch values of one phase of a row
 * @param bandRows output rows computed from one band
 * @param offsets where tap {@code (kh, c, kw)} is, from the first pixel of the window in the first channel of the group
 */
record DirectBand(WindowAxis v, WindowAxis h, int channels, int phases, int phasePitch, int bandRows, int[] offsets) {
    /** Values a band should have: it is to stay in the first-level cache beside the weights. */
    private static final int BAND_VALUES = 6 << 10;

    /** Values a band may have where the weights do not fit in the second-level cache: each band reads them all from further away. */
    private static final int MOST_VALUES = 128 << 10;

    /** Values of the weights for one value of the band: about what it costs to read either from further away. */
    private static final int WEIGHTS_PER_VALUE = 16;

    /** Band rows that start at the same place in the cache are moved apart. */
    private static final int CACHE_STEP = 128;

    private static final int LINE = 16;

    /** From the sizes of a convolution. */
    static DirectBand of(ConvGeometry g) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int phases = h.stride() <= 2 ? 1 : h.stride();
        int tile = Math.max(DirectTile.pixels(h.output(), 1), DirectTile.pixels(h.output(), 2));
        int pixels = Math.max(h.output(), tile);
        int reach = Math.max((pixels - 1) * h.stride() + h.extent(), 1);
        int phasePitch = (reach + phases - 1) / phases;
        phasePitch += phasePitch % CACHE_STEP == 0 ? LINE : 0;
        int pitch = phasePitch * phases;
        int row = Math.max(1, g.inChannels() * pitch);
        int weights = Math.multiplyExact(g.outChannels(), g.depth());
        int values = Math.clamp(weights / WEIGHTS_PER_VALUE, BAND_VALUES, MOST_VALUES);
        int fitting = (values / row - v.extent()) / v.stride() + 1;
        int bandRows = Math.clamp(fitting, 1, Math.max(1, v.output()));
        return new DirectBand(v, h, g.inChannels(), phases, phasePitch, bandRows, offsets(g, phases, phasePitch));
    }

    private static int[] offsets(ConvGeometry g, int phases, int phasePitch) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int pitch = phases * phasePitch;
        int[] offsets = new int[g.depth()];
        int t = 0;
        for (int ky = 0; ky < v.kernel(); ky++) {
            for (int c = 0; c < g.groupInChannels(); c++) {
                for (int kx = 0; kx < h.kernel(); kx++) {
                    int x = kx * h.dilation();
                    int at = x % phases * phasePitch + x / phases;
                    offsets[t++] = (ky * v.dilation() * g.inChannels() + c) * pitch + at;
                }
            }
        }
        return offsets;
    }

    /** Values between two channels of a row. */
    int pitch() {
        return phases * phasePitch;
    }

    /** Step between two pixels of a tile. */
    int tileStride() {
        return phases == 1 ? h.stride() : 1;
    }

    /** Values of the largest band. */
    int size() {
        return ((bandRows - 1) * v.stride() + v.extent()) * channels * pitch();
    }

    /**
     * Copies the input of output rows {@code oy} to {@code oy + count} of one image.
     *
     * @param image index of the image
     * @param planar whether the image is {@code (C, H, W)}, else {@code (H, W, C)}
     * @param before output rows that the band has been filled for before these, 0 when it holds nothing of use
     */
    void fill(float[] x, int image, boolean planar, int oy, int count, int before, float[] band, int bandOff) {
        int kept = keep(count, before, band, bandOff);
        int top = top(oy);
        for (int r = Math.max(kept, -top); r < Math.min(rows(count), v.input() - top); r++) {
            int from = image + (top + r) * h.input() * (planar ? 1 : channels);
            row(x, from, planar, band, bandOff + r * channels * pitch());
        }
    }

    /**
     * The same from bytes {@code (H, W, C)}.
     *
     * @param line index in {@code band} of room for a row of the image
     */
    void fill(
            byte[] x,
            int image,
            int zero,
            boolean unsigned,
            int oy,
            int count,
            int before,
            float[] band,
            int bandOff,
            int line) {
        int kept = keep(count, before, band, bandOff);
        int top = top(oy);
        int values = h.input() * channels;
        for (int r = Math.max(kept, -top); r < Math.min(rows(count), v.input() - top); r++) {
            int from = image + (top + r) * values;
            int to = bandOff + r * channels * pitch();
            if (takesBytes() && from + DirectBytesVector.reach(copied()) <= x.length) {
                DirectBytesVector.row(x, from, copied(), zero, unsigned, band, to + h.padBegin(), phasePitch);
            } else {
                Dequantize.centre(x, from, band, line, values, zero, unsigned);
                row(band, line, false, band, to);
            }
        }
    }

    /** Whether rows of bytes are taken apart before they are widened. */
    boolean takesBytes() {
        return phases == 1 && Simd.BITS == 512 && channels == DirectBytesVector.CHANNELS;
    }

    private int top(int oy) {
        return oy * v.stride() - v.padBegin();
    }

    /** Input rows of {@code count} output rows. */
    private int rows(int count) {
        return (count - 1) * v.stride() + v.extent();
    }

    /** Moves the rows that are still of use to the begin of the band and clears the others; returns how many are kept. */
    private int keep(int count, int before, float[] band, int bandOff) {
        int row = channels * pitch();
        int kept = before == 0 ? 0 : Math.max(0, v.extent() - v.stride());
        if (kept > 0) {
            System.arraycopy(band, bandOff + before * v.stride() * row, band, bandOff, kept * row);
        }
        Arrays.fill(band, bandOff + kept * row, bandOff + rows(count) * row, 0f);
        return kept;
    }

    /** Copies a row of the image. */
    private void row(float[] x, int from, boolean planar, float[] band, int to) {
        if (phases > 1) {
            phased(x, from, planar ? h.input() * v.input() : 1, planar ? 1 : channels, band, to);
        } else if (copied() > 0 && (planar || channels == 1)) {
            planarRow(x, from, band, to);
        } else if (copied() > 0) {
            pixelRow(x, from, band, to);
        }
    }

    /** Pixels of a row that some tap reads. */
    private int copied() {
        return Math.min(h.input(), phasePitch - h.padBegin());
    }

    private void planarRow(float[] x, int from, float[] band, int to) {
        for (int c = 0; c < channels; c++) {
            System.arraycopy(x, from + c * h.input() * v.input(), band, to + c * phasePitch + h.padBegin(), copied());
        }
    }

    private void pixelRow(float[] x, int from, float[] band, int start) {
        int to = start + h.padBegin();
        int count = copied();
        int done = 0;
        if (Simd.ENABLED && channels == 3) {
            done = count / Simd.LANES * Simd.LANES;
            DirectBandVector.threeChannels(x, from, count / Simd.LANES, band, to, phasePitch);
        }
        int quads = Simd.ENABLED ? channels & -4 : 0;
        if (quads > 0) {
            for (; done + 4 <= count; done += 4) {
                int at = from + done * channels;
                DirectBandVector.fourPixels(x, at, channels, quads, band, to + done, phasePitch);
                single(x, at, 4, quads, band, to + done);
            }
        }
        single(x, from + done * channels, count - done, 0, band, to + done);
    }

    /** Pixels one value at a time, channels from {@code first} on. */
    private void single(float[] x, int from, int count, int first, float[] band, int to) {
        for (int c = first; c < channels; c++) {
            for (int i = 0; i < count; i++) {
                band[to + c * phasePitch + i] = x[from + i * channels + c];
            }
        }
    }

    /** A row cut in phases; {@code from} is pixel 0 of channel 0. */
    private void phased(float[] x, int from, int channelStep, int pixelStep, float[] band, int to) {
        for (int c = 0; c < channels; c++) {
            int line = from + c * channelStep;
            for (int phase = 0; phase < phases; phase++) {
                int at = to + c * pitch() + phase * phasePitch;
                for (int i = 0; i < phasePitch; i++) {
                    int ix = i * phases + phase - h.padBegin();
                    if (ix >= 0 && ix < h.input()) {
                        band[at + i] = x[line + ix * pixelStep];
                    }
                }
            }
        }
    }
}
