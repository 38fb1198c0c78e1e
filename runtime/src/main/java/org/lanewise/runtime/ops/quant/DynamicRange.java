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

    /** That of all elements of {@code x}. */
    public static DynamicRange of(OpContext context, FloatTensor x) {
        float[] smallest = new float[x.size() / Blocks.SIZE + 1];
        float[] largest = new float[smallest.length];
        Blocks.run(context, x.size(), 100, (from, to) -> {
            ValueRange.both(x.array(), x.offset() + from, to - from, smallest, largest, from / Blocks.SIZE);
        });
        return of(ValueRange.min(smallest, 0, smallest.length), ValueRange.max(largest, 0, largest.length));
    }

    /** That of {@code n} values. */
    public static DynamicRange of(float[] x, int offset, int n) {
        return of(ValueRange.min(x, offset, n), ValueRange.max(x, offset, n));
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
