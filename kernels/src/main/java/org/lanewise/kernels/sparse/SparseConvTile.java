package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;

/** The ends of a sparse convolution: pixels by channels become a tile of channels by pixels, and sums of channels by pixels become pixels of the output. */
final class SparseConvTile {
    private static final int L = TapTiles.LANES;

    /** Up to this many channels are copied one by one. */
    static final int FEW = 3;

    /** Values of working memory: a transposition's buffer and its result. */
    static final int WORK = 2 * LaneTranspose.BUFFER;

    private SparseConvTile() {}

    /**
     * Fills the tile of one group with input channels {@code fromChannel} to {@code toChannel}, all that the units {@code fromRow} to {@code toRow} of the group read.
     *
     * @param scratch the tile from {@code tile} on, {@link #WORK} values from {@code work} on
     */
    static void fill(
            PatchPlan plan,
            int group,
            int fromRow,
            int toRow,
            float[] x,
            int xOff,
            int fromChannel,
            int toChannel,
            float[] scratch,
            int tile,
            int work) {
        TapLayout layout = plan.layout();
        int columns = layout.columns().length;
        for (int r = 0; r < layout.rows().length; r++) {
            if (!layout.reads(r, fromRow, toRow)) {
                continue;
            }
            for (int q = 0; q < columns; q++) {
                int position = (group * layout.rows().length + r) * columns + q;
                int at = tile + (r * columns + q) * L;
                position(plan, position, x, xOff, fromChannel, toChannel, scratch, at, work);
            }
        }
    }

    private static void position(
            PatchPlan plan,
            int position,
            float[] x,
            int xOff,
            int fromChannel,
            int toChannel,
            float[] scratch,
            int tile,
            int work) {
        int step = plan.g().inChannels();
        int pitch = plan.layout().pitch();
        int inside = plan.inside()[position];
        for (int c = fromChannel; c < toChannel; c += L) {
            int at = tile + (c - fromChannel) * pitch;
            int count = Math.min(L, toChannel - c);
            int last = xOff + c + L + (plan.g().batch() * plan.g().inputPixels() - 1) * step;
            if (inside == 0) {
                for (int i = 0; i < count; i++) {
                    Arrays.fill(scratch, at + i * pitch, at + i * pitch + L, 0f);
                }
            } else if (count <= FEW || last > x.length) {
                few(plan.pixel(), position * L, inside, x, xOff + c, step, count, scratch, at, pitch);
            } else {
                int to = count == L ? at : work + LaneTranspose.BUFFER;
                int ldy = count == L ? pitch : L;
                LaneTranspose.scattered(
                        x, xOff + c, plan.pixel(), position * L, step, inside, scratch, to, ldy, scratch, work);
                if (count < L) {
                    LaneTranspose.copy(scratch, to, L, scratch, at, pitch, count);
                }
            }
        }
    }

    private static void few(
            int[] pixel,
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
            int in = from + pixel[first + lane] * step;
            boolean reads = (inside >> lane & 1) != 0;
            for (int c = 0; c < count; c++) {
                y[at + c * pitch + lane] = reads ? x[in + c] : 0;
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
            PatchPlan plan,
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
        int width = plan.layout().width();
        int all = plan.g().outChannels();
        int turned = work + LaneTranspose.BUFFER;
        int row = unit % plan.layout().height() * plan.g().widthAxis().output();
        int first = unit / plan.layout().height() * L;
        for (int m = from; m < to; m += L) {
            int count = Math.min(L, to - m);
            for (int o = 0; o < width; o++) {
                int lanes = plan.covered()[unit * width + o];
                int at = sums + ((m - from) * width + o) * L;
                int shift = (row + o) * all + m;
                LaneTranspose.rows(scratch, at, width * L, scratch, turned, L, scratch, work);
                pixels(
                        plan.target(),
                        first,
                        lanes,
                        all,
                        m,
                        count,
                        scratch,
                        turned,
                        bias,
                        y,
                        yOff + shift,
                        residual,
                        resOff + shift);
            }
        }
        if (activation.kind() == Activation.Kind.NONE) {
            return;
        }
        for (int lane = 0; lane < L; lane++) {
            int at = yOff + (plan.target()[first + lane] + row) * all;
            int pixels = 0;
            while (pixels < width && (plan.covered()[unit * width + pixels] >> lane & 1) != 0) {
                pixels++;
            }
            if (to - from == all) {
                Activations.apply(activation, y, at, pixels * all);
                continue;
            }
            for (int o = 0; o < pixels; o++) {
                Activations.apply(activation, y, at + o * all + from, to - from);
            }
        }
    }

    /** One pixel of every patch: {@code count} channels from {@code m} on. */
    private static void pixels(
            int[] target,
            int first,
            int lanes,
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
        if (Simd.ENABLED && count == L && lanes == PatchPlan.ALL) {
            if (residual == null) {
                LaneTransposeVector.finish(scratch, turned, bias, m, target, first, all, y, yOff);
            } else {
                LaneTransposeVector.finishAdding(
                        scratch, turned, bias, m, target, first, all, residual, resOff, y, yOff);
            }
            return;
        }
        for (int lane = 0; lane < L; lane++) {
            if ((lanes >> lane & 1) == 0) {
                continue;
            }
            int at = target[first + lane] * all;
            int from = turned + lane * L;
            if (Simd.ENABLED && count == L) {
                LaneTransposeVector.finish(
                        scratch,
                        from,
                        bias,
                        m,
                        residual == null ? scratch : residual,
                        resOff + at,
                        residual != null,
                        y,
                        yOff + at);
                continue;
            }
            for (int i = 0; i < count; i++) {
                float sum = scratch[from + i] + bias[m + i];
                y[yOff + at + i] = residual == null ? sum : sum + residual[resOff + at + i];
            }
        }
    }
}
