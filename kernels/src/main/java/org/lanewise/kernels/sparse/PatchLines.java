package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.kernels.elementwise.Activations;

/**
 * The ends of a sparse convolution whose input or output has its channels first: lines of an image become a tile of channels by pixels, and sums of channels by pixels become lines. For images whose lines are two vectors
 * of 16 lanes at most and {@link #ACROSS} patches, so that a group of patches is that of four lines.
 *
 * @param plan the patches
 * @param input for every group, row of the tile and line where the line begins in the first channel of x, any that exists for padding
 * @param kept where in {@code clear} it begins which values of that line are no padding
 * @param output for every unit and line where it begins in the first channel of y, -1 for none
 * @param gather for every column of the tile and patch which value of a line it is, counted in the first 16 values of a line and the last 16
 * @param clear for every such value all bits, or none if it is padding; then none for all
 * @param spread which pixel each of the first 16 values of a line is, and each of the last 16: {@code pixel * ACROSS + patch}
 */
record PatchLines(PatchPlan plan, int[] input, int[] kept, int[] output, int[] gather, int[] clear, int[] spread) {
    /** Patches of a line, and lines of a group. */
    static final int ACROSS = 4;

    private static final int L = TapTiles.LANES;

    /** Whether there are such patches for a convolution, in whatever batch. */
    static boolean suits(ConvGeometry g) {
        WindowAxis h = g.widthAxis();
        return Simd.ENABLED
                && Simd.LANES == ACROSS * ACROSS
                && g.rank() == 2
                && h.stride() == 1
                && Math.min(h.input(), h.output()) >= L
                && Math.max(h.input(), h.output()) <= 2 * L;
    }

    /** Whether patches of {@code width} pixels are such. */
    static boolean suits(ConvGeometry g, int width) {
        return Math.ceilDiv(g.widthAxis().output(), width) == ACROSS;
    }

    static PatchLines of(PatchPlan plan) {
        ConvGeometry g = plan.g();
        TapLayout layout = plan.layout();
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int columns = Math.ceilDiv(layout.columns().length, ACROSS) * ACROSS;
        PatchLines lines = new PatchLines(
                plan,
                new int[plan.groups() * layout.rows().length * ACROSS],
                new int[plan.groups() * layout.rows().length * ACROSS],
                new int[plan.groups() * layout.height() * ACROSS],
                new int[columns * ACROSS],
                new int[2 * columns * ACROSS],
                new int[2 * L]);
        int down = Math.ceilDiv(v.output(), layout.height());
        Arrays.fill(lines.kept, lines.gather.length);
        for (int line = 0; line < plan.groups() * ACROSS; line++) {
            lines.add(line, line / down, line % down * layout.height());
        }
        for (int i = 0; i < lines.gather.length; i++) {
            int q = Math.min(i / ACROSS, layout.columns().length - 1);
            int column = i % ACROSS * layout.width() + layout.columns()[q] - h.padBegin();
            int inside = Math.clamp(column, 0, h.input() - 1);
            lines.clear[i] = column == inside ? -1 : 0;
            lines.gather[i] = inside < L ? inside : inside - h.input() + 2 * L;
        }
        for (int i = 0; i < 2 * L; i++) {
            int column = i < L ? i : h.output() - 2 * L + i;
            lines.spread[i] = column % layout.width() * ACROSS + column / layout.width();
        }
        return lines;
    }

    /** Line {@code line} of all groups: rows of image {@code image} from output row {@code oy} on. */
    private void add(int line, int image, int oy) {
        ConvGeometry g = plan.g();
        TapLayout layout = plan.layout();
        WindowAxis v = g.heightAxis();
        int group = line / ACROSS;
        boolean exists = image < g.batch();
        for (int r = 0; r < layout.rows().length && exists; r++) {
            int at = (group * layout.rows().length + r) * ACROSS + line % ACROSS;
            int iy = oy * v.stride() - v.padBegin() + layout.rows()[r];
            if (iy >= 0 && iy < v.input()) {
                input[at] = (image * g.inChannels() * v.input() + iy)
                        * g.widthAxis().input();
                kept[at] = 0;
            }
        }
        for (int r = 0; r < layout.height(); r++) {
            output[(group * layout.height() + r) * ACROSS + line % ACROSS] = exists && oy + r < v.output()
                    ? (image * g.outChannels() * v.output() + oy + r)
                            * g.widthAxis().output()
                    : -1;
        }
    }

    /** As {@link SparseConvTile#fill}. */
    void fill(
            int group,
            int fromRow,
            int toRow,
            float[] x,
            int xOff,
            int fromChannel,
            int toChannel,
            float[] scratch,
            int tile) {
        TapLayout layout = plan.layout();
        int rows = layout.rows().length;
        int columns = layout.columns().length;
        int plane = plan.g().inputPixels();
        int last = plan.g().widthAxis().input() - L;
        for (int c = fromChannel; c < toChannel; c++) {
            for (int r = 0; r < rows; r++) {
                if (layout.reads(r, fromRow, toRow)) {
                    PatchLinesVector.fill(
                            x,
                            xOff + c * plane,
                            last,
                            input,
                            kept,
                            (group * rows + r) * ACROSS,
                            gather,
                            clear,
                            columns,
                            scratch,
                            tile + (c - fromChannel) * layout.pitch() + r * layout.rowPitch());
                }
            }
        }
    }

    /** As {@link SparseConvTile#finish}, without a residual. */
    void finish(
            int unit,
            int from,
            int to,
            float[] scratch,
            int sums,
            float[] bias,
            float[] y,
            int yOff,
            Activation activation) {
        int plane = plan.g().outputPixels();
        int width = plan.g().widthAxis().output();
        int run = plan.layout().run();
        boolean clamps = activation.kind() == Activation.Kind.RELU;
        float lower = clamps ? 0 : Float.NEGATIVE_INFINITY;
        for (int m = from; m < to; m++) {
            PatchLinesVector.finish(
                    scratch,
                    sums + (m - from) * run,
                    bias[m],
                    lower,
                    spread,
                    output,
                    unit * ACROSS,
                    width - L,
                    y,
                    yOff + m * plane);
        }
        if (clamps || activation.kind() == Activation.Kind.NONE) {
            return;
        }
        for (int j = unit * ACROSS; j < (unit + 1) * ACROSS; j++) {
            for (int m = from; m < to && output[j] >= 0; m++) {
                Activations.apply(activation, y, yOff + m * plane + output[j], width);
            }
        }
    }
}
