package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.elementwise.Activations;

/** The ends of a sparse convolution: pixels by channels become a tile of channels by pixels, and sums of channels by pixels become pixels of the output. */
final class SparseConvTile {
    private static final int L = TapTiles.LANES;

    /** Up to this many channels are copied one by one. */
    private static final int FEW = 3;

    /** Values of working memory: two transpositions' buffers, and rows of pixels that lie partly outside. */
    static final int WORK = 3 * LaneTranspose.BUFFER;

    private SparseConvTile() {}

    /**
     * Fills the tile with input channels {@code fromChannel} to {@code toChannel} of one unit.
     *
     * @param scratch the tile from {@code tile} on, {@link #WORK} values from {@code work} on
     */
    static void fill(
            SegmentPlan plan,
            TapLayout layout,
            int unit,
            float[] x,
            int xOff,
            int fromChannel,
            int toChannel,
            float[] scratch,
            int tile,
            int work) {
        ConvGeometry g = plan.g();
        int columns = layout.columns().length;
        int step = g.inChannels();
        int line = g.heightAxis().dilation() * g.widthAxis().input();
        for (int ky = 0; ky < layout.rows(); ky++) {
            for (int q = 0; q < columns; q++) {
                int inside = plan.inside()[(unit * layout.rows() + ky) * columns + q];
                int from = xOff + (ky * line + layout.columns()[q]) * step;
                int to = tile + (ky * columns + q) * L;
                for (int c = fromChannel; c < toChannel; c += L) {
                    int at = to + (c - fromChannel) * layout.pitch();
                    int count = Math.min(L, toChannel - c);
                    position(plan, unit, inside, x, from + c, step, count, scratch, at, layout.pitch(), work);
                }
            }
        }
    }

    /** Up to L channels of what one tap reads. */
    private static void position(
            SegmentPlan plan,
            int unit,
            int inside,
            float[] x,
            int from,
            int step,
            int count,
            float[] scratch,
            int at,
            int pitch,
            int work) {
        int[] origin = plan.origin();
        int first = unit * L;
        if (count <= FEW) {
            few(origin, first, inside, x, from, step, count, scratch, at, pitch);
            return;
        }
        boolean whole = inside == SegmentPlan.ALL && from + origin[first + L - 1] * step + L <= x.length;
        int to = count == L ? at : work + LaneTranspose.BUFFER;
        int ldy = count == L ? pitch : L;
        if (whole) {
            LaneTranspose.scattered(x, from, origin, first, step, scratch, to, ldy, scratch, work);
        } else {
            int stage = work + 2 * LaneTranspose.BUFFER;
            stage(origin, first, inside, x, from, step, count, scratch, stage);
            LaneTranspose.rows(scratch, stage, L, scratch, to, ldy, scratch, work);
        }
        if (count < L) {
            LaneTranspose.copy(scratch, to, L, scratch, at, pitch, count);
        }
    }

    private static void few(
            int[] origin,
            int first,
            int inside,
            float[] x,
            int from,
            int step,
            int count,
            float[] y,
            int at,
            int pitch) {
        for (int lane = 0; lane < L; lane++) {
            int pixel = from + origin[first + lane] * step;
            boolean reads = (inside >> lane & 1) != 0;
            for (int c = 0; c < count; c++) {
                y[at + c * pitch + lane] = reads ? x[pixel + c] : 0;
            }
        }
    }

    /** Copies what lanes read, and zeros for those that read padding. */
    private static void stage(
            int[] origin, int first, int inside, float[] x, int from, int step, int count, float[] y, int yOff) {
        for (int lane = 0; lane < L; lane++) {
            int to = yOff + lane * L;
            int pixel = from + origin[first + lane] * step;
            if ((inside >> lane & 1) == 0) {
                Arrays.fill(y, to, to + L, 0f);
            } else if (pixel + L <= x.length) {
                LaneTranspose.copy(x, pixel, 0, y, to, 0, 1);
            } else {
                System.arraycopy(x, pixel, y, to, count);
            }
        }
    }

    /**
     * Writes output channels {@code from} to {@code to} of one unit.
     *
     * @param bias M values and a vector more
     * @param scratch the sums of channel {@code from} from {@code sums} on, those of the next channels behind, and {@link #WORK} values
     */
    static void finish(
            SegmentPlan plan,
            int unit,
            int from,
            int to,
            float[] scratch,
            int sums,
            int work,
            float[] bias,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            Activation activation) {
        int width = plan.width();
        int all = plan.g().outChannels();
        int turned = work + LaneTranspose.BUFFER;
        for (int m = from; m < to; m += L) {
            int count = Math.min(L, to - m);
            for (int o = 0; o < width; o++) {
                int at = sums + ((m - from) * width + o) * L;
                LaneTranspose.rows(scratch, at, width * L, scratch, turned, L, scratch, work);
                pixels(plan, unit, o, all, m, count, scratch, turned, bias, y, yOff, residual, resOff);
            }
        }
        if (activation.kind() == Activation.Kind.NONE) {
            return;
        }
        for (int lane = 0; lane < L; lane++) {
            int at = yOff + plan.target()[unit * L + lane] * all;
            int pixels = plan.pixels()[unit * L + lane];
            if (to - from == all) {
                Activations.apply(activation, y, at, pixels * all);
                continue;
            }
            for (int o = 0; o < pixels; o++) {
                Activations.apply(activation, y, at + o * all + from, to - from);
            }
        }
    }

    /** Pixel {@code o} of every segment: {@code count} channels from {@code m} on. */
    private static void pixels(
            SegmentPlan plan,
            int unit,
            int o,
            int all,
            int m,
            int count,
            float[] scratch,
            int turned,
            float[] bias,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff) {
        for (int lane = 0; lane < L; lane++) {
            if (o >= plan.pixels()[unit * L + lane]) {
                continue;
            }
            int at = (plan.target()[unit * L + lane] + o) * all + m;
            int from = turned + lane * L;
            if (Simd.ENABLED && count == L) {
                float[] added = residual == null ? bias : residual;
                LaneTransposeVector.finish(scratch, from, bias, m, added, resOff + at, residual != null, y, yOff + at);
                continue;
            }
            for (int i = 0; i < count; i++) {
                float sum = scratch[from + i] + bias[m + i];
                y[yOff + at + i] = residual == null ? sum : sum + residual[resOff + at + i];
            }
        }
    }
}
