package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/** Predicted times of depthwise convolutions in both layouts, one thread, in nanoseconds of the machine on which they were measured (Zen 5). */
public final class DepthwiseCost {
    /** A strip of a plane. */
    private static final double STRIP = 12;

    /** A vector of a row of a strip, of stride 1 and 2. */
    private static final double STEP_3 = 2.3;

    private static final double STEP_3_2 = 4.7;
    private static final double STEP_5 = 7;
    private static final double STEP_5_2 = 11;

    /** A vector in a tile, and each of its taps. */
    private static final double VECTOR = 5;

    private static final double TAP = 0.4;

    /** How much longer tiles take whose taps do not lie side by side in rows that others share. */
    private static final double SPREAD = 2;

    /** A vector of channels of a pixel, 3x3. */
    private static final double PIXEL = 2.9;

    private static final double PIXEL_2 = 4.7;

    /** The same of other kernels, for each tap. */
    private static final double PIXEL_TAP = 0.6;

    private static final int TAPS = 9;

    private DepthwiseCost() {}

    /** Whether there are 3x3 kernels in both layouts, which the predictions know best. */
    public static boolean isKnown(ConvGeometry g) {
        return Simd.ENABLED && DepthwisePlanes.suits(g) && g.taps() == TAPS;
    }

    /** Channels first; without vectors, both take about the same time. */
    public static double planes(ConvGeometry g) {
        if (!Simd.ENABLED) {
            return channelsLast(g);
        }
        double strips = Math.ceilDiv(g.widthAxis().output(), Simd.LANES);
        double vectors = g.heightAxis().output() * strips;
        double plane;
        if (DepthwisePlanes.suits(g)) {
            plane = STRIP * strips + vectors * step(g);
        } else {
            boolean spread = isSpread(g.heightAxis()) || isSpread(g.widthAxis());
            plane = vectors * (VECTOR + TAP * g.taps()) * (spread ? SPREAD : 1);
        }
        return g.batch() * g.outChannels() * plane;
    }

    private static double step(ConvGeometry g) {
        boolean three = g.taps() == TAPS;
        return g.widthAxis().stride() == 1 ? three ? STEP_3 : STEP_5 : three ? STEP_3_2 : STEP_5_2;
    }

    private static boolean isSpread(WindowAxis axis) {
        return axis.stride() > 1 || axis.dilation() > 1;
    }

    /** Channels last. */
    public static double channelsLast(ConvGeometry g) {
        double vectors = (double) g.outputPixels() * Math.ceilDiv(g.outChannels(), Simd.LANES);
        double pixel = g.taps() == TAPS ? g.widthAxis().stride() == 1 ? PIXEL : PIXEL_2 : PIXEL_TAP * g.taps();
        return g.batch() * vectors * pixel;
    }
}
