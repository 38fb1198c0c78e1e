package org.lanewise.runtime.ops.quant;

import org.lanewise.kernels.quant.Quantize;
import org.lanewise.kernels.quant.ValueRange;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Scale and zero point of {@code UINT8} from the values themselves, as ONNX {@code DynamicQuantizeLinear}: {@code scale = (max(x, 0) - min(x, 0)) / 255} and {@code zero = saturate(round(-min(x, 0) / scale))}; 1 and
 * 0 where all values are 0.
 */
public final class DynamicRange {
    private static final float STEPS = 255;

    /** Fewer values are not worth a second thread. */
    private static final int PARALLEL_VALUES = 16 << 10;

    private static final int PIECES_PER_THREAD = 2;

    /** Rough time for a value in picoseconds. */
    private static final int PICOS = 50;

    /** The same for quantizing it. */
    static final int QUANTIZE_PICOS = 200;

    private DynamicRange() {}

    /**
     * Smallest and largest values of the pieces of a tensor, each with 0.
     *
     * @param smallest 0 at most
     * @param largest 0 at least
     */
    record Extremes(float[] smallest, float[] largest) {
        /** Finds those of {@code x}, split over threads. */
        static Extremes of(OpContext context, FloatTensor x) {
            int threads = x.size() < PARALLEL_VALUES ? 1 : context.threads();
            int pieces = threads == 1 ? 1 : PIECES_PER_THREAD * threads;
            Extremes extremes = new Extremes(new float[pieces], new float[pieces]);
            context.parallel(pieces, (long) x.size() * PICOS / 1000 / pieces, (from, to, scratch) -> {
                for (int i = from; i < to; i++) {
                    int first = cut(x.size(), i, pieces);
                    int n = cut(x.size(), i + 1, pieces) - first;
                    ValueRange.withZero(x.array(), x.offset() + first, n, extremes.smallest, extremes.largest, i);
                }
            });
            return extremes;
        }

        float low() {
            return ValueRange.min(smallest, 0, smallest.length);
        }

        float high() {
            return ValueRange.max(largest, 0, largest.length);
        }
    }

    private static int cut(int size, int piece, int pieces) {
        return (int) ((long) size * piece / pieces);
    }

    /** The scale for values from {@code low}, 0 at most, to {@code high}, 0 at least. */
    public static float scale(float low, float high) {
        return low == high ? 1 : (high - low) / STEPS;
    }

    /** The zero point for values from {@code low}, 0 at most. */
    public static int zero(float low, float scale) {
        return (int) Math.clamp(Math.rint(-low / scale), 0, STEPS);
    }

    /**
     * The elements of {@code x} quantized, in memory of their own, by tasks that may be repeated.
     *
     * @param scale gets the scale, in its first element
     * @param zero gets the zero point
     */
    public static ByteTensor quantize(OpContext context, FloatTensor x, float[] scale, int[] zero) {
        ByteTensor y = (ByteTensor) Tensor.allocate(DataType.UINT8, x.shape());
        Extremes extremes = Extremes.of(context, x);
        context.parallel(1, 0, (from, to, scratch) -> {
            float low = extremes.low();
            scale[0] = scale(low, extremes.high());
            zero[0] = zero(low, scale[0]);
        });
        Blocks.run(context, x.size(), QUANTIZE_PICOS, (from, to) -> {
            Quantize.run(
                    x.array(), x.offset() + from, y.array(), y.offset() + from, to - from, scale[0], zero[0], true);
        });
        return y;
    }
}
