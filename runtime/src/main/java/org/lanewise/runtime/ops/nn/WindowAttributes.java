package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * The attributes that convolutions and poolings share. Arrays that were not given are empty and stand for the defaults: kernel from the weights,
 * all strides and dilations 1, all pads 0.
 *
 * @param autoPad how pads are chosen
 * @param kernel {@code kernel_shape}, one per spatial axis
 * @param strides one per spatial axis
 * @param pads all begins, then all ends
 * @param dilations one per spatial axis
 */
public record WindowAttributes(AutoPad autoPad, int[] kernel, int[] strides, int[] pads, int[] dilations) {
    /** Most spatial axes that the kernels know. */
    private static final int MAX_AXES = 3;

    /** Reads {@code auto_pad, kernel_shape, strides, pads} and, where {@code dilated}, {@code dilations}. */
    public static WindowAttributes read(NodeSpec spec, boolean dilated) {
        WindowAttributes attributes = new WindowAttributes(
                autoPad(spec),
                ints(spec, "kernel_shape", 1),
                ints(spec, "strides", 1),
                ints(spec, "pads", 0),
                dilated ? ints(spec, "dilations", 1) : new int[0]);
        attributes.checkLengths(spec);
        return attributes;
    }

    private static AutoPad autoPad(NodeSpec spec) {
        String name = spec.stringAttribute("auto_pad", "NOTSET");
        for (AutoPad value : AutoPad.values()) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw spec.refuse("auto_pad is '" + name + "', expected one of " + Arrays.toString(AutoPad.values()));
    }

    /** An attribute of ints, each at least {@code least}; empty when not given. */
    static int[] ints(NodeSpec spec, String name, int least) {
        long[] values = spec.intsAttribute(name);
        int[] narrow = new int[values == null ? 0 : values.length];
        for (int i = 0; values != null && i < narrow.length; i++) {
            if (values[i] < least || values[i] > Integer.MAX_VALUE) {
                throw spec.refuse(name + " is " + Arrays.toString(values) + ", expected values of at least " + least);
            }
            narrow[i] = (int) values[i];
        }
        return narrow;
    }

    private void checkLengths(NodeSpec spec) {
        int axes = -1;
        for (int length : new int[] {kernel.length, strides.length, dilations.length, pads.length / 2}) {
            if (length != 0 && axes >= 0 && length != axes) {
                throw spec.refuse("kernel_shape, strides, dilations and pads are for " + kernel.length + ", "
                        + strides.length + ", " + dilations.length + " and " + pads.length / 2.0
                        + " spatial axes, expected one number");
            }
            axes = length == 0 ? axes : length;
        }
        if (pads.length % 2 != 0) {
            throw spec.refuse("pads has " + pads.length + " values, expected two for each spatial axis");
        }
    }

    /** Refuses an input {@code (N, C, I1..Ir)} whose rank the kernels or the attributes do not fit. */
    void checkRank(PartialShape input) {
        if (!input.isRanked()) {
            return;
        }
        int axes = input.rank() - 2;
        if (axes < 1 || axes > MAX_AXES) {
            throw new IllegalArgumentException("input X has shape " + input + ", expected rank 3 to " + (MAX_AXES + 2));
        }
        checkLength("kernel_shape", kernel.length, axes);
        checkLength("strides", strides.length, axes);
        checkLength("dilations", dilations.length, axes);
        checkLength("pads", pads.length, 2 * axes);
    }

    static void checkLength(String what, int length, int expected) {
        if (length != 0 && length != expected) {
            throw new IllegalArgumentException(what + " has " + length + " values, expected " + expected);
        }
    }

    /** The window of spatial axis {@code i} of {@code axes} over {@code input} pixels. */
    WindowAxis axis(int i, int axes, int input, int taps, boolean ceil) {
        return WindowAxis.of(
                input,
                taps,
                strides.length == 0 ? 1 : strides[i],
                dilations.length == 0 ? 1 : dilations[i],
                autoPad,
                pads.length == 0 ? 0 : pads[i],
                pads.length == 0 ? 0 : pads[i + axes],
                ceil);
    }

    /**
     * Output size of spatial axis {@code i} of {@code axes}, unknown where input or kernel size is.
     *
     * @param ceil ONNX {@code ceil_mode}
     */
    long outputSize(int i, int axes, long input, long taps, boolean ceil) {
        if (input < 0 || taps < 0) {
            return PartialShape.UNKNOWN;
        }
        return axis(i, axes, Math.toIntExact(input), Math.toIntExact(taps), ceil)
                .output();
    }
}
