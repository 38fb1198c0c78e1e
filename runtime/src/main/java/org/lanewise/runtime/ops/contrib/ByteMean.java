package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.quant.Quantize;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.reduce.ReducePlan;
import org.lanewise.runtime.tensor.ByteTensor;

/** Means of quantized tensors along axes: {@code y = saturate(round((sum(x) - n xZero) r) + yZero)} with {@code r = xScale / (yScale n)} in {@code float}; the sum is exact. */
final class ByteMean {
    private static final int LARGEST = 255;

    private ByteMean() {}

    /**
     * Computes all elements of {@code y}, the kept axes in their order.
     *
     * @param reduced for each axis of x, whether it is gone
     */
    static void run(OpContext context, ByteTensor x, PerTensor in, boolean[] reduced, ByteTensor y, PerTensor out) {
        ReducePlan plan = new ReducePlan(x.shape(), reduced);
        if (plan.count() * LARGEST > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a mean of " + plan.count() + " elements, expected at most " + Integer.MAX_VALUE / LARGEST);
        }
        if (y.size() == 0) {
            return;
        }
        boolean unsigned = x.type().isUnsigned();
        int mask = unsigned ? LARGEST : -1;
        int offset = (int) plan.count() * in.zero();
        float scale = in.scale() / (out.scale() * plan.count());
        context.parallel(plan.outputs(), 1 + plan.count() / 2, (from, to, scratch) -> {
            int[] sums = scratch.ints(to - from);
            for (int i = from; i < to; i++) {
                int sum = 0;
                for (int run = 0; run < plan.runs(); run++) {
                    int start = x.offset() + plan.start(i, run);
                    for (int j = 0; j < plan.length(); j++) {
                        sum += x.array()[start + j * plan.step()] & mask;
                    }
                }
                sums[i - from] = sum - offset;
            }
            Quantize.rescale(sums, 0, y.array(), y.offset() + from, to - from, scale, out.zero(), unsigned);
        });
    }
}
