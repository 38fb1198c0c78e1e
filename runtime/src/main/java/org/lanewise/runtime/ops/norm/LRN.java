package org.lanewise.runtime.ops.norm;

import java.util.Arrays;
import org.lanewise.kernels.norm.LineNorm;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = x / (bias + alpha / size * sum)^beta} for x (N, C, ...), the sum being that of the squares at the same position in the {@code size} channels around: from
 * {@code (size - 1) / 2} rounded down before to as much rounded up behind. ONNX {@code LRN}-1, 13; Krizhevsky et al., <i>ImageNet Classification with Deep Convolutional
 * Neural Networks</i>, 2012.
 *
 * @param size channels that are summed over
 * @param alpha weight of the sum
 * @param beta exponent
 * @param bias added to the sum
 */
public record LRN(int size, float alpha, float beta, float bias) implements Operator {
    /** From a node. */
    public static LRN create(NodeSpec spec) {
        spec.inputs(1, 1);
        long size = spec.requiredInt("size");
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw spec.refuse("attribute 'size' is " + size + ", expected at least 1");
        }
        return new LRN(
                (int) size,
                spec.floatAttribute("alpha", 1e-4f),
                spec.floatAttribute("beta", 0.75f),
                spec.floatAttribute("bias", 1));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        GroupNormalization.checkRank(context.inputShape(0));
        context.output(0, type, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        Tensor y = context.output(0, x.type(), shape);
        int channels = shape.dim(1);
        int inner = shape.sizeBetween(2, shape.rank());
        if (x instanceof FloatTensor in && bias > 0 && alpha >= 0) {
            FloatTensor out = (FloatTensor) y;
            context.parallel(
                    shape.dim(0),
                    (4L + size) * channels * inner / 8,
                    (from, to, scratch) -> LineNorm.localResponse(
                            in.array(),
                            in.offset(),
                            channels,
                            inner,
                            size,
                            alpha,
                            beta,
                            bias,
                            out.array(),
                            out.offset(),
                            from,
                            to));
            return;
        }
        context.parallel(shape.dim(0) * channels, (4L + size) * inner, (from, to, scratch) -> {
            double[] squares = scratch.doubles(Elements.RUN);
            double[] values = new double[Elements.RUN];
            for (int piece = from; piece < to; piece++) {
                int c = piece % channels;
                int first = Math.max(0, c - (size - 1) / 2);
                int last = (int) Math.min(channels - 1, c + (long) size / 2);
                for (int at = 0; at < inner; at += Elements.RUN) {
                    int n = Math.min(Elements.RUN, inner - at);
                    Arrays.fill(squares, 0, n, 0);
                    for (int i = first; i <= last; i++) {
                        Elements.read(x, (piece - c + i) * inner + at, 1, values, n);
                        for (int j = 0; j < n; j++) {
                            squares[j] += values[j] * values[j];
                        }
                    }
                    Elements.read(x, piece * inner + at, 1, values, n);
                    for (int j = 0; j < n; j++) {
                        values[j] /= Math.pow(bias + alpha / (double) size * squares[j], beta);
                    }
                    Elements.write(values, y, piece * inner + at, n);
                }
            }
        });
    }
}
