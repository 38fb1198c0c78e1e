package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * The transforms of {@link WinogradPasses} along the lines of tiles that lie beside each other: what {@link WinogradVector} does for one tile and all channels,
 * here for all tiles and one vector of channels. With few channels a call for each tile would cost more than its arithmetic. Lane i of line l of tile t is
 * {@code x[xOff + t * xNext + l * xStep + i]}, of the output {@code y[yOff + t * yNext + l * yStep + i]}.
 */
final class WinogradTileLines {
    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private WinogradTileLines() {}

    /** Four lines to four: B^T of F(2, 3). */
    static void input2(float[] x, int x0, int xStep, int xNext, float[] y, int y0, int yStep, int yNext, int tiles) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        for (int t = 0; t < tiles; t++) {
            int i = t * xNext;
            int o = t * yNext;
            FloatVector d0 = FloatVector.fromArray(F32, x, x0 + i);
            FloatVector d1 = FloatVector.fromArray(F32, x, x1 + i);
            FloatVector d2 = FloatVector.fromArray(F32, x, x2 + i);
            FloatVector d3 = FloatVector.fromArray(F32, x, x3 + i);
            ((FloatVector) TYPE.cast(d0.sub(d2))).intoArray(y, y0 + o);
            ((FloatVector) TYPE.cast(d1.add(d2))).intoArray(y, y1 + o);
            ((FloatVector) TYPE.cast(d2.sub(d1))).intoArray(y, y2 + o);
            ((FloatVector) TYPE.cast(d1.sub(d3))).intoArray(y, y3 + o);
        }
    }

    /** Six lines to six: B^T of F(4, 3). */
    static void input4(float[] x, int x0, int xStep, int xNext, float[] y, int y0, int yStep, int yNext, int tiles) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int x4 = x0 + 4 * xStep;
        int x5 = x0 + 5 * xStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        int y4 = y0 + 4 * yStep;
        int y5 = y0 + 5 * yStep;
        FloatVector near = FloatVector.broadcast(F32, WinogradPasses.NEAR);
        FloatVector minusNear = FloatVector.broadcast(F32, -WinogradPasses.NEAR);
        FloatVector far = FloatVector.broadcast(F32, WinogradPasses.FAR);
        FloatVector minusFar = FloatVector.broadcast(F32, -WinogradPasses.FAR);
        FloatVector minusNear2 = FloatVector.broadcast(F32, -WinogradPasses.NEAR2);
        FloatVector minusFar2 = FloatVector.broadcast(F32, -WinogradPasses.FAR2);
        FloatVector product = FloatVector.broadcast(F32, WinogradPasses.PRODUCT);
        FloatVector minusSum = FloatVector.broadcast(F32, -WinogradPasses.SUM);
        for (int t = 0; t < tiles; t++) {
            int i = t * xNext;
            int o = t * yNext;
            FloatVector d0 = FloatVector.fromArray(F32, x, x0 + i);
            FloatVector d1 = FloatVector.fromArray(F32, x, x1 + i);
            FloatVector d2 = FloatVector.fromArray(F32, x, x2 + i);
            FloatVector d3 = FloatVector.fromArray(F32, x, x3 + i);
            FloatVector d4 = FloatVector.fromArray(F32, x, x4 + i);
            FloatVector d5 = FloatVector.fromArray(F32, x, x5 + i);
            FloatVector inner0 =
                    Simd.FMA ? d2.fma(minusSum, d4) : d2.mul(minusSum).add(d4);
            FloatVector inner1 =
                    Simd.FMA ? d3.fma(minusSum, d5) : d3.mul(minusSum).add(d5);
            FloatVector even1 =
                    Simd.FMA ? d2.fma(minusFar2, d4) : d2.mul(minusFar2).add(d4);
            FloatVector odd1 =
                    Simd.FMA ? d1.fma(minusFar2, d3) : d1.mul(minusFar2).add(d3);
            FloatVector even2 =
                    Simd.FMA ? d2.fma(minusNear2, d4) : d2.mul(minusNear2).add(d4);
            FloatVector odd2 =
                    Simd.FMA ? d1.fma(minusNear2, d3) : d1.mul(minusNear2).add(d3);
            ((FloatVector) TYPE.cast(
                            Simd.FMA ? d0.fma(product, inner0) : d0.mul(product).add(inner0)))
                    .intoArray(y, y0 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA ? odd1.fma(near, even1) : odd1.mul(near).add(even1)))
                    .intoArray(y, y1 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA
                                    ? odd1.fma(minusNear, even1)
                                    : odd1.mul(minusNear).add(even1)))
                    .intoArray(y, y2 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA ? odd2.fma(far, even2) : odd2.mul(far).add(even2)))
                    .intoArray(y, y3 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA
                                    ? odd2.fma(minusFar, even2)
                                    : odd2.mul(minusFar).add(even2)))
                    .intoArray(y, y4 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA ? d1.fma(product, inner1) : d1.mul(product).add(inner1)))
                    .intoArray(y, y5 + o);
        }
    }

    /** Four lines to two: A^T of F(2, 3). */
    static void output2(float[] x, int x0, int xStep, int xNext, float[] y, int y0, int yStep, int yNext, int tiles) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int y1 = y0 + yStep;
        for (int t = 0; t < tiles; t++) {
            int i = t * xNext;
            int o = t * yNext;
            FloatVector m0 = FloatVector.fromArray(F32, x, x0 + i);
            FloatVector m1 = FloatVector.fromArray(F32, x, x1 + i);
            FloatVector m2 = FloatVector.fromArray(F32, x, x2 + i);
            FloatVector m3 = FloatVector.fromArray(F32, x, x3 + i);
            ((FloatVector) TYPE.cast(m0.add(m1).add(m2))).intoArray(y, y0 + o);
            ((FloatVector) TYPE.cast(m1.sub(m2).sub(m3))).intoArray(y, y1 + o);
        }
    }

    /** Six lines to four: A^T of F(4, 3). */
    static void output4(float[] x, int x0, int xStep, int xNext, float[] y, int y0, int yStep, int yNext, int tiles) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int x4 = x0 + 4 * xStep;
        int x5 = x0 + 5 * xStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        FloatVector near = FloatVector.broadcast(F32, WinogradPasses.NEAR);
        FloatVector far = FloatVector.broadcast(F32, WinogradPasses.FAR);
        FloatVector near2 = FloatVector.broadcast(F32, WinogradPasses.NEAR2);
        FloatVector far2 = FloatVector.broadcast(F32, WinogradPasses.FAR2);
        FloatVector near3 = FloatVector.broadcast(F32, WinogradPasses.NEAR3);
        FloatVector far3 = FloatVector.broadcast(F32, WinogradPasses.FAR3);
        for (int t = 0; t < tiles; t++) {
            int i = t * xNext;
            int o = t * yNext;
            FloatVector m1 = FloatVector.fromArray(F32, x, x1 + i);
            FloatVector m2 = FloatVector.fromArray(F32, x, x2 + i);
            FloatVector m3 = FloatVector.fromArray(F32, x, x3 + i);
            FloatVector m4 = FloatVector.fromArray(F32, x, x4 + i);
            FloatVector sum1 = m1.add(m2);
            FloatVector difference1 = m1.sub(m2);
            FloatVector sum2 = m3.add(m4);
            FloatVector difference2 = m3.sub(m4);
            FloatVector inner1 = difference1.mul(near);
            FloatVector inner2 = sum1.mul(near2);
            FloatVector inner3 = Simd.FMA
                    ? difference1.fma(near3, FloatVector.fromArray(F32, x, x5 + i))
                    : difference1.mul(near3).add(FloatVector.fromArray(F32, x, x5 + i));
            ((FloatVector) TYPE.cast(
                            FloatVector.fromArray(F32, x, x0 + i).add(sum1).add(sum2)))
                    .intoArray(y, y0 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA
                                    ? difference2.fma(far, inner1)
                                    : difference2.mul(far).add(inner1)))
                    .intoArray(y, y1 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA ? sum2.fma(far2, inner2) : sum2.mul(far2).add(inner2)))
                    .intoArray(y, y2 + o);
            ((FloatVector) TYPE.cast(
                            Simd.FMA
                                    ? difference2.fma(far3, inner3)
                                    : difference2.mul(far3).add(inner3)))
                    .intoArray(y, y3 + o);
        }
    }
}
