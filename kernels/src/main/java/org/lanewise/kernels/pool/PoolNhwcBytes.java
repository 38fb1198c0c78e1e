package org.lanewise.kernels.pool;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.conv.WindowAxis;

/** Channels-last max pooling of bytes with vectors over the channels, of which there are {@link #LEAST} or more; the last vector overlaps the one before. */
final class PoolNhwcBytes {
    private static final VectorSpecies<Byte> WIDE = Species.I8;
    private static final VectorSpecies<Byte> NARROW = ByteVector.SPECIES_128;

    // they say which class loop-carried vectors have: C2 would ask a profile that all users of vectors share
    private static final Class<? extends Vector<Byte>> WIDE_TYPE = WIDE.vectorType();
    private static final Class<? extends Vector<Byte>> NARROW_TYPE = NARROW.vectorType();

    /** Channels of the narrowest vector. */
    static final int LEAST = NARROW.length();

    private PoolNhwcBytes() {}

    /**
     * Output rows {@code fromRow} to {@code toRow} (exclusive).
     *
     * @param flip -128 for uint8, whose order is that of int8 with the first bit turned; 0 for int8
     */
    static void max(PoolGeometry g, byte[] x, int xOff, byte[] y, int yOff, byte flip, int fromRow, int toRow) {
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int channels = g.channels();
        int line = w.input() * channels;
        int across = w.dilation() * channels;
        int down = h.dilation() * line;
        boolean pairs = w.kernel() == 2 && w.isInside();
        for (int row = fromRow; row < toRow; row++) {
            int top = row % h.output() * h.stride() - h.padBegin();
            int firstY = h.firstTap(top);
            int rows = h.lastTap(top) - firstY;
            int first = xOff + row / h.output() * h.input() * line + (top + firstY * h.dilation()) * line;
            int out = yOff + row * w.output() * channels;
            if (rows == 2 && pairs) {
                fours(w, x, first, down, channels, flip, y, out);
                continue;
            }
            for (int ow = 0; ow < w.output(); ow++) {
                int left = ow * w.stride() - w.padBegin();
                int firstX = w.firstTap(left);
                int columns = w.lastTap(left) - firstX;
                int at = first + (left + firstX * w.dilation()) * channels;
                if (channels >= WIDE.length()) {
                    wide(x, at, rows, down, columns, across, channels, flip, y, out + ow * channels);
                } else {
                    narrow(x, at, rows, down, columns, across, channels, flip, y, out + ow * channels);
                }
            }
        }
    }

    /** A row of windows of two by two, all of it inside the image: one vector of channels after the other. */
    private static void fours(WindowAxis w, byte[] x, int up, int down, int channels, byte flip, byte[] y, int out) {
        int lanes = channels >= WIDE.length() ? WIDE.length() : LEAST;
        int across = w.dilation() * channels;
        for (int c = 0; c < channels; c += lanes) {
            int cc = Math.min(c, channels - lanes);
            if (lanes == LEAST) {
                narrowFour(w.output(), x, up + cc, down, across, w.stride() * channels, flip, y, out + cc, channels);
            } else {
                wideFour(w.output(), x, up + cc, down, across, w.stride() * channels, flip, y, out + cc, channels);
            }
        }
    }

    private static void wideFour(
            int count, byte[] x, int at, int down, int across, int step, byte flip, byte[] y, int out, int outStep) {
        ByteVector turn = ByteVector.broadcast(WIDE, flip);
        for (int i = 0; i < count; i++) {
            int p = at + i * step;
            ByteVector a = ByteVector.fromArray(WIDE, x, p).lanewise(VectorOperators.XOR, turn);
            ByteVector b = ByteVector.fromArray(WIDE, x, p + across).lanewise(VectorOperators.XOR, turn);
            ByteVector c = ByteVector.fromArray(WIDE, x, p + down).lanewise(VectorOperators.XOR, turn);
            ByteVector d = ByteVector.fromArray(WIDE, x, p + down + across).lanewise(VectorOperators.XOR, turn);
            ((ByteVector) WIDE_TYPE.cast(a.max(b).max(c.max(d)).lanewise(VectorOperators.XOR, turn)))
                    .intoArray(y, out + i * outStep);
        }
    }

    private static void narrowFour(
            int count, byte[] x, int at, int down, int across, int step, byte flip, byte[] y, int out, int outStep) {
        ByteVector turn = ByteVector.broadcast(NARROW, flip);
        for (int i = 0; i < count; i++) {
            int p = at + i * step;
            ByteVector a = ByteVector.fromArray(NARROW, x, p).lanewise(VectorOperators.XOR, turn);
            ByteVector b = ByteVector.fromArray(NARROW, x, p + across).lanewise(VectorOperators.XOR, turn);
            ByteVector c = ByteVector.fromArray(NARROW, x, p + down).lanewise(VectorOperators.XOR, turn);
            ByteVector d = ByteVector.fromArray(NARROW, x, p + down + across).lanewise(VectorOperators.XOR, turn);
            ((ByteVector) NARROW_TYPE.cast(a.max(b).max(c.max(d)).lanewise(VectorOperators.XOR, turn)))
                    .intoArray(y, out + i * outStep);
        }
    }

    private static void wide(
            byte[] x, int at, int rows, int down, int columns, int across, int channels, byte flip, byte[] y, int out) {
        ByteVector lowest = ByteVector.broadcast(WIDE, Byte.MIN_VALUE);
        ByteVector turn = ByteVector.broadcast(WIDE, flip);
        for (int c = 0; c < channels; c += WIDE.length()) {
            int cc = Math.min(c, channels - WIDE.length());
            ByteVector best = lowest;
            for (int v = 0; v < rows; v++) {
                int p = at + cc + v * down;
                for (int u = 0; u < columns; u++) {
                    ByteVector value =
                            ByteVector.fromArray(WIDE, x, p + u * across).lanewise(VectorOperators.XOR, turn);
                    best = ((ByteVector) WIDE_TYPE.cast(best)).max(value);
                }
            }
            ((ByteVector) WIDE_TYPE.cast(best))
                    .lanewise(VectorOperators.XOR, turn)
                    .intoArray(y, out + cc);
        }
    }

    private static void narrow(
            byte[] x, int at, int rows, int down, int columns, int across, int channels, byte flip, byte[] y, int out) {
        ByteVector lowest = ByteVector.broadcast(NARROW, Byte.MIN_VALUE);
        ByteVector turn = ByteVector.broadcast(NARROW, flip);
        for (int c = 0; c < channels; c += LEAST) {
            int cc = Math.min(c, channels - LEAST);
            ByteVector best = lowest;
            for (int v = 0; v < rows; v++) {
                int p = at + cc + v * down;
                for (int u = 0; u < columns; u++) {
                    ByteVector value =
                            ByteVector.fromArray(NARROW, x, p + u * across).lanewise(VectorOperators.XOR, turn);
                    best = ((ByteVector) NARROW_TYPE.cast(best)).max(value);
                }
            }
            ((ByteVector) NARROW_TYPE.cast(best))
                    .lanewise(VectorOperators.XOR, turn)
                    .intoArray(y, out + cc);
        }
    }
}
