package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/** Reference of {@link WinogradVector}, value by value; arguments as in {@link WinogradPasses}. */
final class WinogradScalar {
    private WinogradScalar() {}

    /** Four lines to four: B^T of F(2, 3). */
    static void input2(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        for (int i = 0; i < count; i++) {
            float d0 = x[x0 + i];
            float d1 = x[x1 + i];
            float d2 = x[x2 + i];
            float d3 = x[x3 + i];
            y[y0 + i] = d0 - d2;
            y[y1 + i] = d1 + d2;
            y[y2 + i] = d2 - d1;
            y[y3 + i] = d1 - d3;
        }
    }

    /** Six lines to six: B^T of F(4, 3). */
    static void input4(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int count) {
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
        for (int i = 0; i < count; i++) {
            float d0 = x[x0 + i];
            float d1 = x[x1 + i];
            float d2 = x[x2 + i];
            float d3 = x[x3 + i];
            float d4 = x[x4 + i];
            float d5 = x[x5 + i];
            float inner0 = Simd.fma(d2, -WinogradPasses.SUM, d4);
            float inner1 = Simd.fma(d3, -WinogradPasses.SUM, d5);
            float even1 = Simd.fma(d2, -WinogradPasses.FAR2, d4);
            float odd1 = Simd.fma(d1, -WinogradPasses.FAR2, d3);
            float even2 = Simd.fma(d2, -WinogradPasses.NEAR2, d4);
            float odd2 = Simd.fma(d1, -WinogradPasses.NEAR2, d3);
            y[y0 + i] = Simd.fma(d0, WinogradPasses.PRODUCT, inner0);
            y[y1 + i] = Simd.fma(odd1, WinogradPasses.NEAR, even1);
            y[y2 + i] = Simd.fma(odd1, -WinogradPasses.NEAR, even1);
            y[y3 + i] = Simd.fma(odd2, WinogradPasses.FAR, even2);
            y[y4 + i] = Simd.fma(odd2, -WinogradPasses.FAR, even2);
            y[y5 + i] = Simd.fma(d1, WinogradPasses.PRODUCT, inner1);
        }
    }

    /** Four lines to two: A^T of F(2, 3). */
    static void output2(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int y1 = y0 + yStep;
        for (int i = 0; i < count; i++) {
            float m0 = x[x0 + i];
            float m1 = x[x1 + i];
            float m2 = x[x2 + i];
            float m3 = x[x3 + i];
            y[y0 + i] = m0 + m1 + m2;
            y[y1 + i] = m1 - m2 - m3;
        }
    }

    /** Four lines to two: A^T of F(2, 3), plus a bias. */
    static void output2Biased(
            float[] x, int x0, int xStep, float[] bias, int bias0, float[] y, int y0, int yStep, int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int y1 = y0 + yStep;
        for (int i = 0; i < count; i++) {
            float m0 = x[x0 + i];
            float m1 = x[x1 + i];
            float m2 = x[x2 + i];
            float m3 = x[x3 + i];
            float start = bias[bias0 + i];
            y[y0 + i] = m0 + m1 + m2 + start;
            y[y1 + i] = m1 - m2 - m3 + start;
        }
    }

    /** Four lines to two: A^T of F(2, 3), plus a bias and r. */
    static void output2Adding(
            float[] x,
            int x0,
            int xStep,
            float[] bias,
            int bias0,
            float[] r,
            int r0,
            float[] y,
            int y0,
            int yStep,
            int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int r1 = r0 + yStep;
        int y1 = y0 + yStep;
        for (int i = 0; i < count; i++) {
            float m0 = x[x0 + i];
            float m1 = x[x1 + i];
            float m2 = x[x2 + i];
            float m3 = x[x3 + i];
            float start = bias[bias0 + i];
            float start0 = start + r[r0 + i];
            float start1 = start + r[r1 + i];
            y[y0 + i] = m0 + m1 + m2 + start0;
            y[y1 + i] = m1 - m2 - m3 + start1;
        }
    }

    /** Six lines to four: A^T of F(4, 3). */
    static void output4(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int x4 = x0 + 4 * xStep;
        int x5 = x0 + 5 * xStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        for (int i = 0; i < count; i++) {
            float m1 = x[x1 + i];
            float m2 = x[x2 + i];
            float m3 = x[x3 + i];
            float m4 = x[x4 + i];
            float sum1 = m1 + m2;
            float difference1 = m1 - m2;
            float sum2 = m3 + m4;
            float difference2 = m3 - m4;
            float inner1 = difference1 * WinogradPasses.NEAR;
            float inner2 = sum1 * WinogradPasses.NEAR2;
            float inner3 = Simd.fma(difference1, WinogradPasses.NEAR3, x[x5 + i]);
            y[y0 + i] = x[x0 + i] + sum1 + sum2;
            y[y1 + i] = Simd.fma(difference2, WinogradPasses.FAR, inner1);
            y[y2 + i] = Simd.fma(sum2, WinogradPasses.FAR2, inner2);
            y[y3 + i] = Simd.fma(difference2, WinogradPasses.FAR3, inner3);
        }
    }

    /** Six lines to four: A^T of F(4, 3), plus a bias. */
    static void output4Biased(
            float[] x, int x0, int xStep, float[] bias, int bias0, float[] y, int y0, int yStep, int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int x4 = x0 + 4 * xStep;
        int x5 = x0 + 5 * xStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        for (int i = 0; i < count; i++) {
            float m1 = x[x1 + i];
            float m2 = x[x2 + i];
            float m3 = x[x3 + i];
            float m4 = x[x4 + i];
            float sum1 = m1 + m2;
            float difference1 = m1 - m2;
            float sum2 = m3 + m4;
            float difference2 = m3 - m4;
            float start = bias[bias0 + i];
            float inner1 = Simd.fma(difference1, WinogradPasses.NEAR, start);
            float inner2 = Simd.fma(sum1, WinogradPasses.NEAR2, start);
            float inner3 = Simd.fma(difference1, WinogradPasses.NEAR3, start + x[x5 + i]);
            y[y0 + i] = x[x0 + i] + sum1 + sum2 + start;
            y[y1 + i] = Simd.fma(difference2, WinogradPasses.FAR, inner1);
            y[y2 + i] = Simd.fma(sum2, WinogradPasses.FAR2, inner2);
            y[y3 + i] = Simd.fma(difference2, WinogradPasses.FAR3, inner3);
        }
    }

    /** Six lines to four: A^T of F(4, 3), plus a bias and r. */
    static void output4Adding(
            float[] x,
            int x0,
            int xStep,
            float[] bias,
            int bias0,
            float[] r,
            int r0,
            float[] y,
            int y0,
            int yStep,
            int count) {
        int x1 = x0 + xStep;
        int x2 = x0 + 2 * xStep;
        int x3 = x0 + 3 * xStep;
        int x4 = x0 + 4 * xStep;
        int x5 = x0 + 5 * xStep;
        int r1 = r0 + yStep;
        int r2 = r0 + 2 * yStep;
        int r3 = r0 + 3 * yStep;
        int y1 = y0 + yStep;
        int y2 = y0 + 2 * yStep;
        int y3 = y0 + 3 * yStep;
        for (int i = 0; i < count; i++) {
            float m1 = x[x1 + i];
            float m2 = x[x2 + i];
            float m3 = x[x3 + i];
            float m4 = x[x4 + i];
            float sum1 = m1 + m2;
            float difference1 = m1 - m2;
            float sum2 = m3 + m4;
            float difference2 = m3 - m4;
            float start = bias[bias0 + i];
            float start0 = start + r[r0 + i];
            float start1 = start + r[r1 + i];
            float start2 = start + r[r2 + i];
            float start3 = start + r[r3 + i];
            float inner1 = Simd.fma(difference1, WinogradPasses.NEAR, start1);
            float inner2 = Simd.fma(sum1, WinogradPasses.NEAR2, start2);
            float inner3 = Simd.fma(difference1, WinogradPasses.NEAR3, start3 + x[x5 + i]);
            y[y0 + i] = x[x0 + i] + sum1 + sum2 + start0;
            y[y1 + i] = Simd.fma(difference2, WinogradPasses.FAR, inner1);
            y[y2 + i] = Simd.fma(sum2, WinogradPasses.FAR2, inner2);
            y[y3 + i] = Simd.fma(difference2, WinogradPasses.FAR3, inner3);
        }
    }
}
