package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of one convolution, in any number of spatial axes: input {@code (N, C, I1..Ir)}, weights {@code (M, C/group, K1..Kr)}, output
 * {@code (N, M, O1..Or)}. Built once per input shape and read by every kernel of this package.
 *
 * <p>A transposed convolution is described by the convolution it is the adjoint of, see {@link #transposed}.
 *
 * @param batch N, at least 0
 * @param inChannels C, a multiple of group
 * @param outChannels M, a multiple of group
 * @param group number of independent convolutions the channels are split into, at least 1
 * @param axes the spatial axes, outermost first, one to three
 */
public record ConvGeometry(int batch, int inChannels, int outChannels, int group, List<WindowAxis> axes) {
    /** The most spatial axes there may be. */
    public static final int MAX_RANK = 3;

    private static final WindowAxis UNIT = new WindowAxis(1, 1, 1, 0, 0, 1, 1);

    /** Checks the ranges given above, and that input and output are addressable by an {@code int}. */
    public ConvGeometry {
        axes = List.copyOf(axes);
        if (batch < 0) {
            throw new IllegalArgumentException("batch is " + batch + ", expected at least 0");
        }
        if (axes.isEmpty()) {
            throw new IllegalArgumentException("a convolution has at least one spatial axis, got none");
        }
        if (axes.size() > MAX_RANK) {
            throw new IllegalArgumentException(
                    "a convolution over " + axes.size() + " spatial axes, at most " + MAX_RANK + " are supported");
        }
        if (group < 1) {
            throw new IllegalArgumentException("group is " + group + ", expected at least 1");
        }
        multiple("input channels", inChannels, group);
        multiple("output channels", outChannels, group);
        long in = (long) batch * inChannels;
        long out = (long) batch * outChannels;
        long taps = (long) (inChannels / group);
        for (WindowAxis axis : axes) {
            in = bounded("input", in, axis.input());
            out = bounded("output", out, axis.output());
            taps = bounded("filter", taps, axis.kernel());
        }
    }

    private static void multiple(String what, int channels, int group) {
        if (channels < 0 || channels % group != 0) {
            throw new IllegalArgumentException(what + " are " + channels + ", expected a multiple of group = " + group);
        }
    }

    private static long bounded(String what, long elements, int factor) {
        long product = elements * factor;
        if (elements > Integer.MAX_VALUE || product > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + product + " elements or more, at most 2^31 - 1 are possible");
        }
        return product;
    }

    /**
     * A convolution from ONNX attributes.
     *
     * @param input the input's dimensions {@code (N, C, I1..Ir)}
     * @param weights the weights' dimensions {@code (M, C/group, K1..Kr)}
     * @param strides one per spatial axis, or empty for all 1
     * @param pads all begins, then all ends, or empty for all 0; used with {@link AutoPad#NOTSET}
     * @param dilations one per spatial axis, or empty for all 1
     */
    public static ConvGeometry of(
            int[] input, int[] weights, int group, AutoPad autoPad, int[] strides, int[] pads, int[] dilations) {
        checkRanks(input, weights, strides, pads, dilations);
        if (group < 1 || weights[1] * (long) group != input[1]) {
            throw new IllegalArgumentException("input has " + input[1] + " channels, the weights expect " + weights[1]
                    + " in each of " + group + " groups");
        }
        int rank = input.length - 2;
        List<WindowAxis> axes = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            axes.add(WindowAxis.of(
                    input[i + 2],
                    weights[i + 2],
                    strides.length == 0 ? 1 : strides[i],
                    dilations.length == 0 ? 1 : dilations[i],
                    autoPad,
                    pads.length == 0 ? 0 : pads[i],
                    pads.length == 0 ? 0 : pads[i + rank],
                    false));
        }
        return new ConvGeometry(input[0], input[1], weights[0], group, axes);
    }

    /**
     * A transposed convolution from ONNX attributes, as the convolution it is the adjoint of. The result's <em>output</em> side
     * ({@link #outChannels}, {@link WindowAxis#output}) is the transposed convolution's input, and its <em>input</em> side is the transposed
     * convolution's output; the weights have the same layout in both.
     *
     * @param input the dimensions of the transposed convolution's input {@code (N, C, I1..Ir)}
     * @param weights the weights' dimensions {@code (C, M/group, K1..Kr)}
     * @param outputPadding one per spatial axis, or empty for all 0
     * @param outputShape spatial dimensions of the transposed convolution's output, or empty when they follow from the rest
     */
    public static ConvGeometry transposed(
            int[] input,
            int[] weights,
            int group,
            AutoPad autoPad,
            int[] strides,
            int[] pads,
            int[] dilations,
            int[] outputPadding,
            int[] outputShape) {
        checkRanks(input, weights, strides, pads, dilations);
        if (weights[0] != input[1]) {
            throw new IllegalArgumentException("input has " + input[1] + " channels, the weights expect " + weights[0]);
        }
        int rank = input.length - 2;
        length("output_padding", outputPadding, rank);
        length("output_shape", outputShape, rank);
        List<WindowAxis> axes = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            axes.add(WindowAxis.transposed(
                    input[i + 2],
                    weights[i + 2],
                    strides.length == 0 ? 1 : strides[i],
                    dilations.length == 0 ? 1 : dilations[i],
                    autoPad,
                    pads.length == 0 ? 0 : pads[i],
                    pads.length == 0 ? 0 : pads[i + rank],
                    outputPadding.length == 0 ? 0 : outputPadding[i],
                    outputShape.length == 0 ? -1 : outputShape[i]));
        }
        return new ConvGeometry(input[0], Math.multiplyExact(weights[1], group), input[1], group, axes);
    }

    private static void checkRanks(int[] input, int[] weights, int[] strides, int[] pads, int[] dilations) {
        int rank = input.length - 2;
        if (rank < 1) {
            throw new IllegalArgumentException(
                    "input has rank " + input.length + ", expected (N, C, I1..Ir), at least 3");
        }
        if (weights.length != input.length) {
            throw new IllegalArgumentException(
                    "weights have rank " + weights.length + ", expected the input's " + input.length);
        }
        length("strides", strides, rank);
        length("dilations", dilations, rank);
        length("pads", pads, 2 * rank);
    }

    private static void length(String what, int[] values, int expected) {
        if (values.length != 0 && values.length != expected) {
            throw new IllegalArgumentException(what + " has " + values.length + " values, expected " + expected);
        }
    }

    /** Number of spatial axes. */
    public int rank() {
        return axes.size();
    }

    /** Spatial axis {@code i}, outermost first. */
    public WindowAxis axis(int i) {
        return axes.get(i);
    }

    /** The third axis from the end: depth, or one pixel where there is none. */
    public WindowAxis depthAxis() {
        return rank() < 3 ? UNIT : axis(rank() - 3);
    }

    /** The second axis from the end: height, or one pixel where there is none. */
    public WindowAxis heightAxis() {
        return rank() < 2 ? UNIT : axis(rank() - 2);
    }

    /** The last axis: width. */
    public WindowAxis widthAxis() {
        return axis(rank() - 1);
    }

    /** Input channels that one output channel reads: C / group. */
    public int groupInChannels() {
        return inChannels / group;
    }

    /** Output channels of one group: M / group. */
    public int groupOutChannels() {
        return outChannels / group;
    }

    /** Taps of one filter in one channel: {@code K1 * ... * Kr}. */
    public int taps() {
        int taps = 1;
        for (int i = 0; i < axes.size(); i++) { // by index: runs call this, and an iterator would be garbage
            taps *= axes.get(i).kernel();
        }
        return taps;
    }

    /** Products that are summed for one output element: {@code taps * C / group}. */
    public int depth() {
        return taps() * groupInChannels();
    }

    /** Pixels of one input image: {@code I1 * ... * Ir}. */
    public int inputPixels() {
        int pixels = 1;
        for (int i = 0; i < axes.size(); i++) {
            pixels *= axes.get(i).input();
        }
        return pixels;
    }

    /** Pixels of one output image: {@code O1 * ... * Or}. */
    public int outputPixels() {
        int pixels = 1;
        for (int i = 0; i < axes.size(); i++) {
            pixels *= axes.get(i).output();
        }
        return pixels;
    }

    /** Elements of the input. */
    public int inputSize() {
        return batch * inChannels * inputPixels();
    }

    /** Elements of the output. */
    public int outputSize() {
        return batch * outChannels * outputPixels();
    }

    /** Elements of the weights. */
    public int weightSize() {
        return outChannels * depth();
    }

    /** The dimensions of the output {@code (N, M, O1..Or)}. */
    public int[] outputShape() {
        int[] shape = new int[rank() + 2];
        shape[0] = batch;
        shape[1] = outChannels;
        for (int i = 0; i < rank(); i++) {
            shape[i + 2] = axis(i).output();
        }
        return shape;
    }

    /** Whether every group has one input channel, so that nothing is summed across channels. */
    public boolean isDepthwise() {
        return group > 1 && group == inChannels;
    }

    /** Whether every filter is one tap that reads every pixel once. */
    public boolean isPointwise() {
        for (int i = 0; i < axes.size(); i++) {
            if (!axes.get(i).isPointwise()) {
                return false;
            }
        }
        return true;
    }
}
