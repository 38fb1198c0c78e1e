package org.lanewise.kernels.pool;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.WindowAxis;

/**
 * The sizes of a pooling: input {@code (N, C, I1..Ir)}, output {@code (N, C, O1..Or)}, or channels last.
 *
 * @param batch N, at least 0
 * @param channels C, at least 0
 * @param axes the spatial axes, outermost first, one to three
 */
public record PoolGeometry(int batch, int channels, List<WindowAxis> axes) {
    private static final int MAX_RANK = 3;
    private static final WindowAxis UNIT = new WindowAxis(1, 1, 1, 0, 0, 1, 1);

    /** Checks the ranges given above, and that input and output are addressable by an {@code int}. */
    public PoolGeometry {
        axes = List.copyOf(axes);
        if (batch < 0 || channels < 0) {
            throw new IllegalArgumentException(
                    "batch is " + batch + " and channels " + channels + ", expected at least 0");
        }
        if (axes.isEmpty() || axes.size() > MAX_RANK) {
            throw new IllegalArgumentException(
                    "pooling over " + axes.size() + " spatial axes, expected 1 to " + MAX_RANK);
        }
        long in = (long) batch * channels;
        long out = in;
        for (WindowAxis axis : axes) {
            in = bounded("input", in, axis.input());
            out = bounded("output", out, axis.output());
        }
    }

    private static long bounded(String what, long elements, int factor) {
        if (elements > Integer.MAX_VALUE || elements * factor > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the " + what + " of a pooling has more than 2^31 - 1 elements");
        }
        return elements * factor;
    }

    /**
     * A pooling from ONNX attributes.
     *
     * @param input the input's dimensions {@code (N, C, I1..Ir)}
     * @param kernel one per spatial axis
     * @param strides one per spatial axis, or empty for all 1
     * @param pads all begins, then all ends, or empty for all 0; used with {@link AutoPad#NOTSET}
     * @param dilations one per spatial axis, or empty for all 1
     * @param ceil ONNX {@code ceil_mode}
     */
    public static PoolGeometry of(
            int[] input, int[] kernel, AutoPad autoPad, int[] strides, int[] pads, int[] dilations, boolean ceil) {
        int rank = input.length - 2;
        if (rank < 1) {
            throw new IllegalArgumentException(
                    "input has rank " + input.length + ", expected (N, C, I1..Ir), at least 3");
        }
        length("kernel_shape", kernel, rank, false);
        length("strides", strides, rank, true);
        length("dilations", dilations, rank, true);
        length("pads", pads, 2 * rank, true);
        List<WindowAxis> axes = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            axes.add(WindowAxis.of(
                    input[i + 2],
                    kernel[i],
                    strides.length == 0 ? 1 : strides[i],
                    dilations.length == 0 ? 1 : dilations[i],
                    autoPad,
                    pads.length == 0 ? 0 : pads[i],
                    pads.length == 0 ? 0 : pads[i + rank],
                    ceil));
        }
        return new PoolGeometry(input[0], input[1], axes);
    }

    private static void length(String what, int[] values, int expected, boolean mayBeEmpty) {
        if (values.length != expected && !(mayBeEmpty && values.length == 0)) {
            throw new IllegalArgumentException(what + " has " + values.length + " values, expected " + expected);
        }
    }

    /** Number of spatial axes. */
    public int rank() {
        return axes.size();
    }

    /** The third axis from the end: depth, or one pixel where there is none. */
    public WindowAxis depthAxis() {
        return rank() < 3 ? UNIT : axes.get(rank() - 3);
    }

    /** The second axis from the end: height, or one pixel where there is none. */
    public WindowAxis heightAxis() {
        return rank() < 2 ? UNIT : axes.get(rank() - 2);
    }

    /** The last axis: width. */
    public WindowAxis widthAxis() {
        return axes.get(rank() - 1);
    }

    /** Number of planes: N * C. */
    public int planes() {
        return batch * channels;
    }

    /** Pixels of one input plane. */
    public int inputPixels() {
        return depthAxis().input() * heightAxis().input() * widthAxis().input();
    }

    /** Pixels of one output plane. */
    public int outputPixels() {
        return depthAxis().output() * heightAxis().output() * widthAxis().output();
    }

    /** The dimensions of the output {@code (N, C, O1..Or)}. */
    public int[] outputShape() {
        int[] shape = new int[rank() + 2];
        shape[0] = batch;
        shape[1] = channels;
        for (int i = 0; i < rank(); i++) {
            shape[i + 2] = axes.get(i).output();
        }
        return shape;
    }
}
