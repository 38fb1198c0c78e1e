package org.lanewise.runtime.ops.fused.quant;

import org.lanewise.kernels.quant.Dequantize;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * What {@link QAveragePool} and {@link QGlobalAveragePool} share. Means of bytes are often exactly between two bytes, and then which one an evaluation in fp32 gives follows from its rounding errors: so the mean is
 * computed in fp32, an image at a time in scratch, by the kernels that would compute it unfused.
 */
final class QMean {
    /** Index of the output's scale. */
    static final int Y = 3;

    /** The pooling of one image (H, W, C). */
    @FunctionalInterface
    interface Pool {
        /** Computes the means of the image at {@code from} of the values, at {@code to} of the same array. */
        void run(float[] values, int from, int to);
    }

    private QMean() {}

    static DataType check(ShapeContext context) {
        Quantization.check(context, 0);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 4) {
            throw new IllegalArgumentException("input X has shape " + x + ", expected (N, H, W, C)");
        }
        return Quantization.checkOutput(context, Y);
    }

    /** Means as bytes that are not rounded yet. */
    private static void steps(float[] values, int from, int count, Quantization y) {
        for (int i = from; i < from + count; i++) {
            values[i] = values[i] / y.scale() + y.zero();
        }
    }

    /** Pools every image; {@code shape} is that of the output, {@code zeroFirst} says that its zero point is added before rounding. */
    static void run(OpContext context, Shape shape, ByteRange range, boolean zeroFirst, String kernel, Pool pool) {
        ByteTensor x = (ByteTensor) context.input(0);
        DataType type = context.input(Y + 1).type();
        ByteTensor y = (ByteTensor) context.output(0, type, shape);
        Quantization qx = Quantization.read(context, 1);
        Quantization qy = Quantization.read(context, Y);
        int batch = shape.dim(0);
        int in = batch == 0 ? 0 : x.size() / batch;
        int out = batch == 0 ? 0 : y.size() / batch;
        int low = range.low(type);
        int high = range.high(type);
        boolean cut = range.isNarrower(type);
        context.kernel(kernel);
        context.parallel(batch, 1 + in / 4, (from, to, scratch) -> {
            float[] values = scratch.floats(in + out);
            int means = Scratch.START + in;
            for (int i = from; i < to; i++) {
                boolean unsigned = x.type() == DataType.UINT8;
                Dequantize.run(
                        x.array(), x.offset() + i * in, values, Scratch.START, in, qx.scale(), qx.zero(), unsigned);
                pool.run(values, Scratch.START, means);
                int at = y.offset() + i * out;
                float scale = qy.scale();
                int zero = qy.zero();
                if (zeroFirst) {
                    steps(values, means, out, qy);
                    scale = 1;
                    zero = 0;
                }
                Quantize.run(values, means, y.array(), at, out, scale, zero, type == DataType.UINT8);
                if (cut) {
                    Quantize.limit(y.array(), at, out, low, high, type == DataType.UINT8);
                }
            }
        });
    }
}
