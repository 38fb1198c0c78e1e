package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/** The shapes of pooling over all pixels: (N, C, I1..Ir) gives (N, C, 1..1), channels-last (N, I1..Ir, C) gives (N, 1..1, C). */
public final class GlobalShapes {
    private GlobalShapes() {}

    /** Checks input 0 and sets output 0. */
    public static void infer(ShapeContext context, boolean channelsLast) {
        PoolRunner.checkFloating(context.inputType(0));
        PartialShape x = context.inputShape(0);
        if (!x.isRanked()) {
            context.output(0, context.inputType(0), x);
            return;
        }
        if (x.rank() < 2) {
            throw new IllegalArgumentException("input X has shape " + x + ", expected (N, C, I1..Ir)");
        }
        long[] dims = x.toArray();
        Arrays.fill(dims, channelsLast ? 1 : 2, channelsLast ? dims.length - 1 : dims.length, 1);
        context.output(0, context.inputType(0), PartialShape.of(dims));
    }

    /** The output's shape. */
    public static Shape output(Shape x, boolean channelsLast) {
        int[] dims = x.toArray();
        Arrays.fill(dims, channelsLast ? 1 : 2, channelsLast ? dims.length - 1 : dims.length, 1);
        return Shape.of(dims);
    }
}
