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
 *
 * @param scale more than 0
 * @param zero 0 to 255
 */
public record DynamicRange(float scale, int zero) {
    private static final float STEPS = 255;

    /** Fewer values are not worth a second thread. */
    private static final int PARALLEL_VALUES = 16 << 10;

    private static final int PIECES_PER_THREAD = 2;

    /** Rough time for a value in picoseconds. */
    private static final int PICOS = 50;

    /** That of all elements of {@code x}. */
    public static DynamicRange of(OpContext context, FloatTensor x) {
        int threads = x.size() < PARALLEL_VALUES ? 1 : context.threads();
        int pieces = threads == 1 ? 1 : PIECES_PER_THREAD * threads;
        float[] smallest = new float[pieces];
        float[] largest = new float[pieces];
        context.parallel(pieces, (long) x.size() * PICOS / 1000 / pieces, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int first = cut(x.size(), i, pieces);
                int n = cut(x.size(), i + 1, pieces) - first;
                ValueRange.withZero(x.array(), x.offset() + first, n, smallest, largest, i);
            }
        });
        return of(ValueRange.min(smallest, 0, pieces), ValueRange.max(largest, 0, pieces));
    }

    /** That of {@code n} values. */
    public static DynamicRange of(float[] x, int offset, int n) {
        return of(ValueRange.min(x, offset, n), ValueRange.max(x, offset, n));
    }

    private static int cut(int size, int piece, int pieces) {
        return (int) ((long) size * piece / pieces);
    }

    private static DynamicRange of(float smallest, float largest) {
        float low = Math.min(0, smallest);
        float high = Math.max(0, largest);
        float scale = low == high ? 1 : (high - low) / STEPS;
        return new DynamicRange(scale, (int) Math.clamp(Math.rint(-low / scale), 0, STEPS));
    }

    /** The elements of {@code x} quantized, in memory of their own. */
    public ByteTensor quantize(OpContext context, FloatTensor x) {
        ByteTensor y = (ByteTensor) Tensor.allocate(DataType.UINT8, x.shape());
        quantize(context, x, y);
        return y;
    }

    void quantize(OpContext context, FloatTensor x, ByteTensor y) {
        Blocks.run(context, x.size(), 200, (from, to) -> {
            Quantize.run(x.array(), x.offset() + from, y.array(), y.offset() + from, to - from, scale, zero, true);
        });
    }
}
