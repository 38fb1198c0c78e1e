package org.lanewise.kernels.conv;

/**
 * A window that slides along one spatial axis: tap {@code k} of output {@code o} reads input {@code o * stride - padBegin + k * dilation},
 * and what falls outside {@code [0, input)} is padding.
 *
 * @param input length of the input, at least 0
 * @param kernel number of taps, at least 1
 * @param stride step between two windows, at least 1
 * @param padBegin pixels of padding before the input, at least 0
 * @param padEnd pixels of padding after the input, at least 0
 * @param dilation step between two taps, at least 1
 * @param output number of windows, at least 0
 */
public record WindowAxis(int input, int kernel, int stride, int padBegin, int padEnd, int dilation, int output) {
    /** Checks the ranges given above. */
    public WindowAxis {
        atLeast("input size", input, 0);
        atLeast("kernel size", kernel, 1);
        atLeast("stride", stride, 1);
        atLeast("begin pad", padBegin, 0);
        atLeast("end pad", padEnd, 0);
        atLeast("dilation", dilation, 1);
        atLeast("output size", output, 0);
        long last = Math.max(0L, output - 1L) * stride + (kernel - 1L) * dilation;
        if (last > Integer.MAX_VALUE - 1 || (long) input + padBegin + padEnd > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "window of " + kernel + " taps, dilation " + dilation + ", stride " + stride + " over " + input
                            + " pixels with pads " + padBegin + " and " + padEnd + ": positions exceed 2^31");
        }
    }

    private static void atLeast(String what, int got, int least) {
        if (got < least) {
            throw new IllegalArgumentException(what + " is " + got + ", expected at least " + least);
        }
    }

    /**
     * An axis whose output size follows from the others: {@code floor((input + pads - extent) / stride) + 1}.
     *
     * @param ceil round up instead; a last window that would start in the end padding is then dropped (ONNX {@code ceil_mode})
     */
    public static WindowAxis padded(
            int input, int kernel, int stride, int padBegin, int padEnd, int dilation, boolean ceil) {
        WindowAxis checked = new WindowAxis(input, kernel, stride, padBegin, padEnd, dilation, 0);
        int room = input + padBegin + padEnd - checked.extent();
        int output = (ceil ? Math.ceilDiv(room, stride) : Math.floorDiv(room, stride)) + 1;
        if (ceil && (output - 1L) * stride >= (long) input + padBegin) {
            output--;
        }
        return new WindowAxis(input, kernel, stride, padBegin, padEnd, dilation, Math.max(0, output));
    }

    /**
     * An axis from ONNX attributes.
     *
     * @param padBegin used with {@link AutoPad#NOTSET} only, as {@code padEnd}
     */
    public static WindowAxis of(
            int input, int kernel, int stride, int dilation, AutoPad autoPad, int padBegin, int padEnd, boolean ceil) {
        WindowAxis free = new WindowAxis(input, kernel, stride, 0, 0, dilation, 0);
        return switch (autoPad) {
            case NOTSET -> padded(input, kernel, stride, padBegin, padEnd, dilation, ceil);
            case VALID -> padded(input, kernel, stride, 0, 0, dilation, false);
            case SAME_UPPER, SAME_LOWER -> {
                int output = (int) (((long) input + stride - 1) / stride);
                int pad = (int) Math.max(0, (output - 1L) * stride + free.extent() - input);
                int smaller = pad / 2;
                int begin = autoPad == AutoPad.SAME_UPPER ? smaller : pad - smaller;
                yield new WindowAxis(input, kernel, stride, begin, pad - begin, dilation, output);
            }
        };
    }

    /**
     * The axis of a transposed convolution, seen as the convolution it is the adjoint of: {@link #output()} is the length of the transposed
     * convolution's input and {@link #input()} the length of its output,
     * {@code stride * (length - 1) + outputPadding + extent - padBegin - padEnd}.
     *
     * @param length length of the transposed convolution's input
     * @param outputShape length of its output, or -1 when it follows from the pads; given, it decides the pads
     */
    public static WindowAxis transposed(
            int length,
            int kernel,
            int stride,
            int dilation,
            AutoPad autoPad,
            int padBegin,
            int padEnd,
            int outputPadding,
            int outputShape) {
        WindowAxis free = new WindowAxis(0, kernel, stride, 0, 0, dilation, length);
        atLeast("output padding", outputPadding, 0);
        long full = stride * Math.max(0L, length - 1L) + outputPadding + free.extent();
        boolean same = autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER;
        if (outputShape >= 0 || same) {
            long wanted = outputShape >= 0 ? outputShape : (long) length * stride;
            int pad = toInt(Math.max(0, full - wanted));
            int smaller = pad / 2;
            int begin = autoPad == AutoPad.SAME_UPPER ? smaller : pad - smaller;
            return new WindowAxis(toInt(wanted), kernel, stride, begin, pad - begin, dilation, length);
        }
        int begin = autoPad == AutoPad.VALID ? 0 : padBegin;
        int end = autoPad == AutoPad.VALID ? 0 : padEnd;
        long size = length == 0 ? 0 : full - begin - end;
        if (size < 0) {
            throw new IllegalArgumentException("pads " + begin + " and " + end
                    + " leave nothing of a transposed convolution's output of " + full + " pixels");
        }
        return new WindowAxis(toInt(size), kernel, stride, begin, end, dilation, length);
    }

    private static int toInt(long value) {
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a spatial size of " + value + " exceeds 2^31 - 1");
        }
        return (int) value;
    }

    /** Pixels from the first tap to the last, both included: {@code (kernel - 1) * dilation + 1}. */
    public int extent() {
        return (kernel - 1) * dilation + 1;
    }

    /** The first output whose window lies wholly inside the input (or, when none does, an end of the empty interior). */
    public int interiorBegin() {
        return Math.min(output, (padBegin + stride - 1) / stride);
    }

    /** One past the last output whose window lies wholly inside the input; at least {@link #interiorBegin()}. */
    public int interiorEnd() {
        long room = (long) input + padBegin - extent();
        long end = room < 0 ? 0 : room / stride + 1;
        return (int) Math.max(interiorBegin(), Math.min(output, end));
    }

    /** The first tap of the window at {@code start} (its first input position, maybe negative) that lies inside the input. */
    public int firstTap(int start) {
        return start >= 0 ? 0 : Math.min(kernel, (-start + dilation - 1) / dilation);
    }

    /** One past the last tap of the window at {@code start} that lies inside the input; at least {@link #firstTap}. */
    public int lastTap(int start) {
        int end = start >= input ? 0 : Math.min(kernel, (input - 1 - start) / dilation + 1);
        return Math.max(firstTap(start), end);
    }

    /** Whether one window covers one pixel and nothing is skipped or padded. */
    public boolean isPointwise() {
        return kernel == 1 && stride == 1 && padBegin == 0 && padEnd == 0;
    }

    /** Whether no window reaches over an end. */
    public boolean isInside() {
        return padBegin == 0 && (output - 1) * stride + (kernel - 1) * dilation < input;
    }
}
