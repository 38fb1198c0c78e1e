package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/** Predicted times of depthwise 3x3 convolutions in both layouts, one thread, in nanoseconds of the machine on which they were measured (Zen 5). */
public final class DepthwiseCost {
    private static final double PLANE = 28;

    /** A vector of a row of a plane, of stride 1 and 2. */
    private static final double STEP = 2.5;

    private static final double STEP_2 = 5.5;

    /** A vector of channels of a pixel. */
    private static final double PIXEL = 2.9;

    private static final double PIXEL_2 = 4.7;

    private DepthwiseCost() {}

    /** Whether there are kernels in both layouts that these predictions are for. */
    public static boolean isKnown(ConvGeometry g) {
        return Simd.ENABLED && DepthwisePlanes.suits(g);
    }

    /** Channels first. */
    public static double planes(ConvGeometry g) {
        double steps =
                (double) g.heightAxis().output() * Math.ceilDiv(g.widthAxis().output(), Simd.LANES);
        double step = g.widthAxis().stride() == 1 ? STEP : STEP_2;
        return g.batch() * g.outChannels() * (PLANE + steps * step);
    }

    /** Channels last. */
    public static double channelsLast(ConvGeometry g) {
        double vectors = (double) g.outputPixels() * Math.ceilDiv(g.outChannels(), Simd.LANES);
        return g.batch() * vectors * (g.widthAxis().stride() == 1 ? PIXEL : PIXEL_2);
    }
}
