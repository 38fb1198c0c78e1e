package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.I16;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** The vector kernels of {@link DepthwiseInt8}; sums as in {@code Int8Tiles}. */
final class DepthwiseInt8Vector {
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));
    private static final Class<? extends Vector<Integer>> TYPE = I32.vectorType();
    private static final int LANES = Simd.LANES;
    private static final int BLOCK = 2 * LANES;

    /** Two products of -128..127 and one product of 9 and 8 bits stay within 16 bits from here. */
    private static final short START = 32640;

    private DepthwiseInt8Vector() {}

    /** Widens the first {@code blocks} blocks of channels of a pixel: an {@code int} holds a channel of each half. Returns how many blocks these were. */
    static int widen(byte[] x, int xOff, boolean signed, int[] y, int yOff, int blocks) {
        if (Simd.BITS < 256) {
            return 0;
        }
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < blocks; i++) {
            ByteVector low = ByteVector.fromArray(I8, x, xOff + i * BLOCK).lanewise(VectorOperators.XOR, flip);
            ByteVector high =
                    ByteVector.fromArray(I8, x, xOff + i * BLOCK + LANES).lanewise(VectorOperators.XOR, flip);
            IntVector a =
                    ((IntVector) low.convertShape(VectorOperators.B2I, I32, 0)).lanewise(VectorOperators.AND, 0xffff);
            IntVector b =
                    ((IntVector) high.convertShape(VectorOperators.B2I, I32, 0)).lanewise(VectorOperators.LSHL, 16);
            a.lanewise(VectorOperators.OR, b).intoArray(y, yOff + i * LANES);
        }
        return blocks;
    }

    /** One row of one block of channels, 3x3. */
    static void row3x3(int[] x, int offsets, int block, int step, short[] w, int wOff, int width, int sums) {
        ShortVector w0 = ShortVector.fromArray(I16, w, wOff);
        ShortVector w1 = ShortVector.fromArray(I16, w, wOff + BLOCK);
        ShortVector w2 = ShortVector.fromArray(I16, w, wOff + 2 * BLOCK);
        ShortVector w3 = ShortVector.fromArray(I16, w, wOff + 3 * BLOCK);
        ShortVector w4 = ShortVector.fromArray(I16, w, wOff + 4 * BLOCK);
        ShortVector w5 = ShortVector.fromArray(I16, w, wOff + 5 * BLOCK);
        ShortVector w6 = ShortVector.fromArray(I16, w, wOff + 6 * BLOCK);
        ShortVector w7 = ShortVector.fromArray(I16, w, wOff + 7 * BLOCK);
        ShortVector w8 = ShortVector.fromArray(I16, w, wOff + 8 * BLOCK);
        int x0 = x[offsets] + block;
        int x1 = x[offsets + 1] + block;
        int x2 = x[offsets + 2] + block;
        int x3 = x[offsets + 3] + block;
        int x4 = x[offsets + 4] + block;
        int x5 = x[offsets + 5] + block;
        int x6 = x[offsets + 6] + block;
        int x7 = x[offsets + 7] + block;
        int x8 = x[offsets + 8] + block;
        ShortVector start = ShortVector.broadcast(I16, START);
        for (int p = 0; p < width; p++) {
            IntVector e0 = IntVector.fromArray(I32, x, x0 + p * step)
                    .reinterpretAsShorts()
                    .mul(w0)
                    .add(IntVector.fromArray(I32, x, x1 + p * step)
                            .reinterpretAsShorts()
                            .mul(w1))
                    .add(start)
                    .reinterpretAsInts();
            IntVector e1 = IntVector.fromArray(I32, x, x2 + p * step)
                    .reinterpretAsShorts()
                    .mul(w2)
                    .add(IntVector.fromArray(I32, x, x3 + p * step)
                            .reinterpretAsShorts()
                            .mul(w3))
                    .add(start)
                    .reinterpretAsInts();
            IntVector e2 = IntVector.fromArray(I32, x, x4 + p * step)
                    .reinterpretAsShorts()
                    .mul(w4)
                    .add(IntVector.fromArray(I32, x, x5 + p * step)
                            .reinterpretAsShorts()
                            .mul(w5))
                    .add(start)
                    .reinterpretAsInts();
            IntVector e3 = IntVector.fromArray(I32, x, x6 + p * step)
                    .reinterpretAsShorts()
                    .mul(w6)
                    .add(IntVector.fromArray(I32, x, x7 + p * step)
                            .reinterpretAsShorts()
                            .mul(w7))
                    .add(start)
                    .reinterpretAsInts();
            IntVector e4 = IntVector.fromArray(I32, x, x8 + p * step)
                    .reinterpretAsShorts()
                    .mul(w8)
                    .add(start)
                    .reinterpretAsInts();
            IntVector s = e0.add(e1).add(e2.add(e3)).add(e4);
            IntVector h = e0.lanewise(VectorOperators.LSHR, 16)
                    .add(e1.lanewise(VectorOperators.LSHR, 16))
                    .add(e2.lanewise(VectorOperators.LSHR, 16).add(e3.lanewise(VectorOperators.LSHR, 16)))
                    .add(e4.lanewise(VectorOperators.LSHR, 16));
            s.sub(h.lanewise(VectorOperators.LSHL, 16)).sub(5 * START).intoArray(x, sums + p * BLOCK);
            h.sub(5 * START).intoArray(x, sums + p * BLOCK + LANES);
        }
    }

    /** The same for any number of taps. */
    static void row(
            int[] x,
            int offsets,
            int block,
            int step,
            short[] w,
            int wOff,
            int taps,
            boolean narrow,
            int width,
            int sums) {
        int pairs = narrow ? taps / 2 : 0;
        for (int p = 0; p < width; p++) {
            pixel(x, offsets, block + p * step, w, wOff, pairs, taps, sums + p * BLOCK);
        }
    }

    private static void pixel(int[] x, int offsets, int at, short[] w, int wOff, int pairs, int taps, int sums) {
        ShortVector start = ShortVector.broadcast(I16, START);
        IntVector s = IntVector.zero(I32);
        IntVector h = IntVector.zero(I32);
        for (int i = 0; i < pairs; i++) {
            ShortVector v = IntVector.fromArray(I32, x, x[offsets + 2 * i] + at)
                    .reinterpretAsShorts()
                    .mul(ShortVector.fromArray(I16, w, wOff + 2 * i * BLOCK));
            IntVector e = IntVector.fromArray(I32, x, x[offsets + 2 * i + 1] + at)
                    .reinterpretAsShorts()
                    .mul(ShortVector.fromArray(I16, w, wOff + (2 * i + 1) * BLOCK))
                    .add(v)
                    .add(start)
                    .reinterpretAsInts();
            s = e.add(s);
            h = e.lanewise(VectorOperators.LSHR, 16).add(h);
        }
        int runs = pairs + taps - 2 * pairs;
        IntVector sum = (IntVector) TYPE.cast(s);
        IntVector high = (IntVector) TYPE.cast(h);
        for (int t = 2 * pairs; t < taps; t++) {
            IntVector e = IntVector.fromArray(I32, x, x[offsets + t] + at)
                    .reinterpretAsShorts()
                    .mul(ShortVector.fromArray(I16, w, wOff + t * BLOCK))
                    .add(start)
                    .reinterpretAsInts();
            sum = e.add(sum);
            high = e.lanewise(VectorOperators.LSHR, 16).add(high);
        }
        IntVector odd = (IntVector) TYPE.cast(high);
        ((IntVector) TYPE.cast(sum))
                .sub(odd.lanewise(VectorOperators.LSHL, 16))
                .sub(runs * START)
                .intoArray(x, sums);
        odd.sub(runs * START).intoArray(x, sums + LANES);
    }
}
