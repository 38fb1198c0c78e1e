package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.gemm.Gemm;

/** Gathers the pixels that a channels-first convolution reads straight into the panels of {@link Gemm#runBlock}. */
final class Im2PanelNchw {
    private static final int NR = Gemm.NR;

    private Im2PanelNchw() {}

    /**
     * Rows {@code k..k+kc} of the {@code C/group * taps} rows (channel, then tap), for output pixels of panels {@code firstPanel} to
     * {@code lastPanel}; {@code xOff} is the group's first plane.
     */
    static void gather(
            ConvGeometry g,
            float[] x,
            int xOff,
            int k,
            int kc,
            int firstPanel,
            int lastPanel,
            float[] packed,
            int packedOff) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis v = g.widthAxis();
        int pixels = g.outputPixels();
        int taps = g.taps();
        int plane = g.inputPixels();
        for (int panel = firstPanel; panel < lastPanel; panel++) {
            int to = packedOff + (panel - firstPanel) * kc * NR;
            int begin = panel * NR;
            int count = Math.min(NR, pixels - begin);
            for (int row = k; row < k + kc; row++, to += NR) {
                int tap = row % taps;
                int kx = tap % v.kernel() * v.dilation() - v.padBegin();
                int ky = tap / v.kernel() % h.kernel() * h.dilation() - h.padBegin();
                int kz = tap / v.kernel() / h.kernel() * d.dilation() - d.padBegin();
                int in = xOff + row / taps * plane;
                int ox = begin % v.output();
                int line = begin / v.output();
                int done = 0;
                while (done < count) {
                    int run = Math.min(count - done, v.output() - ox);
                    int iy = line % h.output() * h.stride() + ky;
                    int iz = line / h.output() * d.stride() + kz;
                    if (iy < 0 || iy >= h.input() || iz < 0 || iz >= d.input()) {
                        Arrays.fill(packed, to + done, to + done + run, 0f);
                    } else {
                        int start = in + (iz * h.input() + iy) * v.input();
                        run(x, start, ox * v.stride() + kx, v.stride(), v.input(), packed, to + done, run);
                    }
                    done += run;
                    ox = 0;
                    line++;
                }
                Arrays.fill(packed, to + count, to + NR, 0f);
            }
        }
    }

    /** Pixels {@code first, first + stride, ...} of the line at {@code start}, zeros outside {@code [0, width)}. */
    private static void run(float[] x, int start, int first, int stride, int width, float[] packed, int to, int count) {
        int before = Math.min(count, ConvRows.firstOutput(first, stride));
        int end = first >= width ? 0 : Math.min(count, (width - 1 - first) / stride + 1);
        int after = Math.max(before, end);
        for (int i = 0; i < before; i++) {
            packed[to + i] = 0f;
        }
        if (stride == 1 && after > before) {
            System.arraycopy(x, start + first + before, packed, to + before, after - before);
        } else {
            for (int i = before; i < after; i++) {
                packed[to + i] = x[start + first + i * stride];
            }
        }
        for (int i = after; i < count; i++) {
            packed[to + i] = 0f;
        }
    }
}
