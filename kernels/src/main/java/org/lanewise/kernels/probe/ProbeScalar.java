package org.lanewise.kernels.probe;

import org.lanewise.kernels.Simd;

/** The loops without the Vector API. */
final class ProbeScalar {
    private ProbeScalar() {}

    static float multiplyAdds(int steps) {
        float x = 0.5f;
        float y = 1.5f;
        float s0 = 0;
        float s1 = 1;
        float s2 = 2;
        float s3 = 3;
        float s4 = 4;
        float s5 = 5;
        float s6 = 6;
        float s7 = 7;
        float s8 = 8;
        float s9 = 9;
        for (int i = 0; i < steps; i++) {
            s0 = Simd.fma(s0, x, y);
            s1 = Simd.fma(s1, x, y);
            s2 = Simd.fma(s2, x, y);
            s3 = Simd.fma(s3, x, y);
            s4 = Simd.fma(s4, x, y);
            s5 = Simd.fma(s5, x, y);
            s6 = Simd.fma(s6, x, y);
            s7 = Simd.fma(s7, x, y);
            s8 = Simd.fma(s8, x, y);
            s9 = Simd.fma(s9, x, y);
        }
        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9;
    }

    static float sum(float[] values, int from, int to) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            s0 += values[i];
            s1 += values[i + 1];
            s2 += values[i + 2];
            s3 += values[i + 3];
        }
        for (; i < to; i++) {
            s0 += values[i];
        }
        return s0 + s1 + s2 + s3;
    }
}
