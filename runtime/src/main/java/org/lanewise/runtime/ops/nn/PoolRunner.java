package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * What the pooling operators share: the window and the sizes.
 *
 * @param window kernel, strides, pads, dilations
 * @param ceil ONNX {@code ceil_mode}
 * @param channelsLast whether input and output are {@code (N, H, W, C)} instead of {@code (N, C, I1..Ir)}
 */
public record PoolRunner(WindowAttributes window, boolean ceil, boolean channelsLast) {
    /** Reads {@code auto_pad, kernel_shape, strides, pads, dilations} and {@code ceil_mode}. */
    public static PoolRunner read(NodeSpec spec, boolean channelsLast) {
        WindowAttributes window = WindowAttributes.read(spec, true);
        if (window.kernel().length == 0) {
            throw spec.refuse("required attribute 'kernel_shape' is missing");
        }
        return new PoolRunner(window, spec.flag("ceil_mode", false), channelsLast);
    }

    /** What is known of the output's shape. */
    public PartialShape infer(PartialShape x) {
        int axes = window.kernel().length;
        PartialShape in = x.isRanked() ? x : PartialShape.ofRank(axes + 2);
        window.checkRank(in);
        long[] dims = in.toArray();
        for (int i = 0; i < axes; i++) {
            int at = channelsLast ? i + 1 : i + 2;
            dims[at] = window.outputSize(i, axes, dims[at], window.kernel()[i], ceil);
        }
        return PartialShape.of(dims);
    }

    /** The sizes for an input of shape {@code x}. */
    public PoolGeometry geometry(Shape x) {
        int[] input = x.toArray();
        if (channelsLast) {
            input = new int[] {input[0], input[3], input[1], input[2]};
        }
        return PoolGeometry.of(
                input, window.kernel(), window.autoPad(), window.strides(), window.pads(), window.dilations(), ceil);
    }

    /** The output's shape. */
    public Shape outputShape(PoolGeometry geometry) {
        int[] dims = geometry.outputShape();
        return channelsLast ? Shape.of(dims[0], dims[2], dims[3], dims[1]) : Shape.of(dims);
    }

    /** Rough cost in nanoseconds of {@code outputs} values of a window each. */
    public long cost(long outputs, int perNano) {
        long taps = 1;
        for (int size : window.kernel()) {
            taps *= size;
        }
        return outputs * taps / perNano;
    }

    /** Refuses what is not a floating-point type. */
    public static void checkFloating(DataType type) {
        switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> {}
            default -> throw new IllegalArgumentException("no pooling of " + type.onnxName() + " is defined");
        }
    }

    /** Refuses what the channels-last kernels have no form for. */
    public static void checkChannelsLast(ShapeContext context) {
        checkChannelsLast(context, false);
    }

    /** As {@link #checkChannelsLast(ShapeContext)}, with 8-bit integers allowed as well if {@code bytes}. */
    public static void checkChannelsLast(ShapeContext context, boolean bytes) {
        DataType type = context.inputType(0);
        boolean known = switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> true;
            case INT8, UINT8 -> bytes;
            default -> false;
        };
        if (!known) {
            throw new IllegalArgumentException("no channels-last pooling of " + type.onnxName() + " is supported");
        }
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 4) {
            throw new IllegalArgumentException("input X has shape " + x + ", expected (N, H, W, C)");
        }
    }
}
