package org.lanewise.kernels.pool;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.conv.WindowAxis;

/** Channels-last pooling with vectors over the channels, of which there is at least one vector; the last overlaps the one before. */
final class PoolNhwcVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    private PoolNhwcVector() {}

    static void max(PoolGeometry g, float[] x, int xOff, float[] y, int yOff, int fromRow, int toRow) {
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int channels = g.channels();
        int line = w.input() * channels;
        boolean pairs = w.kernel() == 2 && w.isInside();
        for (int row = fromRow; row < toRow; row++) {
            int top = row % h.output() * h.stride() - h.padBegin();
            int image = xOff + row / h.output() * h.input() * line;
            int firstY = h.firstTap(top);
            int rows = h.lastTap(top) - firstY;
            int first = image + (top + firstY * h.dilation()) * line;
            if (rows == 2 && pairs) {
                int down = first + h.dilation() * line;
                maxPairs(w, x, first, down, channels, y, yOff + row * w.output() * channels);
                continue;
            }
            int down = h.dilation() * line;
            int out = yOff + row * w.output() * channels;
            boolean nines = rows == 3 && w.kernel() == 3;
            int from = nines ? wholeFrom(w) : w.output();
            int to = nines ? Math.max(from, wholeTo(w)) : w.output();
            maxPixels(w, 0, from, x, first, rows, down, channels, y, out);
            if (from < to) {
                int at = first + (from * w.stride() - w.padBegin()) * channels;
                maxNines(to - from, w, x, at, down, channels, y, out + from * channels);
            }
            maxPixels(w, to, w.output(), x, first, rows, down, channels, y, out);
        }
    }

    /** The windows {@code from} to {@code to} (exclusive) of a row, of any size; what is outside the image is left out. */
    private static void maxPixels(
            WindowAxis w,
            int from,
            int to,
            float[] x,
            int first,
            int rows,
            int down,
            int channels,
            float[] y,
            int out) {
        for (int ow = from; ow < to; ow++) {
            int left = ow * w.stride() - w.padBegin();
            int firstX = w.firstTap(left);
            int columns = w.lastTap(left) - firstX;
            int at = first + (left + firstX * w.dilation()) * channels;
            maxPixel(x, at, rows, down, columns, w.dilation() * channels, channels, y, out + ow * channels);
        }
    }

    /** A row of windows of two by two, all of it inside the image: one vector of channels after the other. */
    private static void maxPairs(WindowAxis w, float[] x, int up, int down, int channels, float[] y, int out) {
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            int right = w.dilation() * channels;
            maxFour(w.output(), x, up + cc, down + cc, right, w.stride() * channels, y, out + cc, channels);
        }
    }

    private static void maxFour(
            int count, float[] x, int up, int down, int right, int step, float[] y, int out, int outStep) {
        for (int i = 0; i < count; i++) {
            int u = up + i * step;
            int d = down + i * step;
            FloatVector top = FloatVector.fromArray(F, x, u).max(FloatVector.fromArray(F, x, u + right));
            FloatVector bottom = FloatVector.fromArray(F, x, d).max(FloatVector.fromArray(F, x, d + right));
            ((FloatVector) TYPE.cast(top.max(bottom))).intoArray(y, out + i * outStep);
        }
    }

    /** The first window that begins inside the row. */
    private static int wholeFrom(WindowAxis w) {
        return Math.min(w.output(), (w.padBegin() + w.stride() - 1) / w.stride());
    }

    /** The window behind the last one that ends inside the row. */
    private static int wholeTo(WindowAxis w) {
        int room = w.input() - 1 + w.padBegin() - (w.kernel() - 1) * w.dilation();
        return room < 0 ? 0 : Math.min(w.output(), room / w.stride() + 1);
    }

    /** Windows of three by three side by side, all of them inside the image: one vector of channels after the other. */
    private static void maxNines(
            int count, WindowAxis w, float[] x, int first, int down, int channels, float[] y, int out) {
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            int right = w.dilation() * channels;
            maxNine(count, x, first + cc, down, right, w.stride() * channels, y, out + cc, channels);
        }
    }

    private static void maxNine(
            int count, float[] x, int first, int down, int right, int step, float[] y, int out, int outStep) {
        int second = first + down;
        int third = second + down;
        int last = 2 * right;
        for (int i = 0; i < count; i++) {
            int p = first + i * step;
            int q = second + i * step;
            int r = third + i * step;
            FloatVector left = FloatVector.fromArray(F, x, p)
                    .max(FloatVector.fromArray(F, x, q))
                    .max(FloatVector.fromArray(F, x, r));
            FloatVector middle = FloatVector.fromArray(F, x, p + right)
                    .max(FloatVector.fromArray(F, x, q + right))
                    .max(FloatVector.fromArray(F, x, r + right));
            FloatVector far = FloatVector.fromArray(F, x, p + last)
                    .max(FloatVector.fromArray(F, x, q + last))
                    .max(FloatVector.fromArray(F, x, r + last));
            ((FloatVector) TYPE.cast(left.max(middle).max(far))).intoArray(y, out + i * outStep);
        }
    }

    private static void maxPixel(
            float[] x, int at, int rows, int rowStep, int columns, int columnStep, int channels, float[] y, int out) {
        FloatVector lowest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector best = lowest;
            for (int v = 0; v < rows; v++) {
                int p = at + cc + v * rowStep;
                for (int u = 0; u < columns; u++) {
                    best = ((FloatVector) TYPE.cast(best)).max(FloatVector.fromArray(F, x, p + u * columnStep));
                }
            }
            ((FloatVector) TYPE.cast(best)).intoArray(y, out + cc);
        }
    }

    static void average(
            PoolGeometry g, float[] x, int xOff, float[] y, int yOff, boolean includePad, int fromRow, int toRow) {
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int channels = g.channels();
        int line = w.input() * channels;
        for (int row = fromRow; row < toRow; row++) {
            int top = row % h.output() * h.stride() - h.padBegin();
            int image = xOff + row / h.output() * h.input() * line;
            int firstY = h.firstTap(top);
            int rows = h.lastTap(top) - firstY;
            int first = image + (top + firstY * h.dilation()) * line;
            int height = includePad ? AveragePool.padded(h, top) : rows;
            for (int ow = 0; ow < w.output(); ow++) {
                int left = ow * w.stride() - w.padBegin();
                int firstX = w.firstTap(left);
                int columns = w.lastTap(left) - firstX;
                int area = height * (includePad ? AveragePool.padded(w, left) : columns);
                int at = first + (left + firstX * w.dilation()) * channels;
                int out = yOff + (row * w.output() + ow) * channels;
                meanPixel(x, at, rows, h.dilation() * line, columns, w.dilation() * channels, area, channels, y, out);
            }
        }
    }

    private static void meanPixel(
            float[] x,
            int at,
            int rows,
            int rowStep,
            int columns,
            int columnStep,
            int area,
            int channels,
            float[] y,
            int out) {
        FloatVector divisor = FloatVector.broadcast(F, Math.max(1, area));
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector sum = FloatVector.zero(F);
            for (int v = 0; v < rows; v++) {
                int p = at + cc + v * rowStep;
                for (int u = 0; u < columns; u++) {
                    sum = ((FloatVector) TYPE.cast(sum)).add(FloatVector.fromArray(F, x, p + u * columnStep));
                }
            }
            ((FloatVector) TYPE.cast(sum)).div(divisor).intoArray(y, out + cc);
        }
    }
}
