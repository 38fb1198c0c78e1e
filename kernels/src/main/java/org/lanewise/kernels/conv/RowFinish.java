package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.elementwise.Activations;

/** Residual and activation on a row that has just been written and is still in cache. */
final class RowFinish {
    private RowFinish() {}

    static void run(float[] y, int yOff, float @Nullable [] residual, int resOff, int count, Activation activation) {
        if (residual != null) {
            for (int i = 0; i < count; i++) {
                y[yOff + i] += residual[resOff + i];
            }
        }
        Activations.apply(activation, y, yOff, count);
    }
}
