package org.lanewise.kernels.resize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * Resizes any axes of a tensor (ONNX Resize and Upsample), one weight table an axis, made once per shape; immutable and shared by threads.
 *
 * <p>The output is computed in units: one unit is one position along the first axis that changes, in one of the tensors before it. A unit
 * blends the input's slices along that axis first, then the remaining axes from the outside in.
 */
public final class Resize {
    private final List<Stage> stages;
    private final int slices;
    private final int inputSlice;
    private final int outputSlice;
    private final float extrapolation;
    private final int scratch;
    private final int[] inputDims;
    private final int[] outputDims;

    /** For two neighbours along the two last axes only; {@code null} for the rest, and without vectors. */
    private final @Nullable BilinearVector bilinear;

    /** One axis and the number of values inside it, when the axes before it have their output size and those after it the input's. */
    private record Stage(ResizeAxis axis, int outer, int inner) {}

    /**
     * Makes the tables.
     *
     * @param input dimensions of the input, any rank
     * @param output dimensions of the output, same rank
     * @param scales output / input of each axis as the model gives it (before the output size was rounded), or empty for the quotients
     * @param roi starts, then ends, of the region of interest as fractions (for tf_crop_and_resize), or empty for the whole input
     * @throws IllegalArgumentException when ranks differ, or a scale is not positive, or an empty axis should grow
     */
    public Resize(ResizeSpec spec, int[] input, int[] output, double[] scales, double[] roi) {
        int rank = input.length;
        expect("output dimensions", output.length, rank);
        expect("scales", scales.length == 0 ? rank : scales.length, rank);
        expect("roi", roi.length == 0 ? 2 * rank : roi.length, 2 * rank);
        this.inputDims = input.clone();
        this.outputDims = output.clone();
        this.extrapolation = spec.extrapolation();
        List<ResizeAxis> axes = new ArrayList<>();
        int first = rank;
        for (int i = 0; i < rank; i++) {
            if (input[i] == 0 && output[i] > 0) {
                throw new IllegalArgumentException("axis " + i + " is empty and cannot be resized to " + output[i]);
            }
            double scale = scales.length == 0 ? (double) output[i] / Math.max(1, input[i]) : scales[i];
            if (!(scale > 0) && output[i] > 0) {
                throw new IllegalArgumentException("scale " + scale + " of axis " + i + ", expected more than 0");
            }
            ResizeAxis axis = new ResizeAxis(
                    spec,
                    input[i],
                    output[i],
                    scale,
                    roi.length == 0 ? 0 : roi[i],
                    roi.length == 0 ? 1 : roi[i + rank]);
            axes.add(axis);
            if (first == rank && !axis.isIdentity()) {
                first = i;
            }
        }
        this.slices = product(input, 0, first);
        this.inputSlice = product(input, first, rank);
        this.outputSlice = product(output, first, rank);
        this.stages = new ArrayList<>();
        int outer = 1;
        int largest = 0;
        for (int i = first; i < rank; i++) {
            ResizeAxis axis = axes.get(i);
            int inner = product(input, i + 1, rank);
            if (i == first || !axis.isIdentity()) {
                stages.add(new Stage(axis, i == first ? 1 : outer, inner));
                largest = Math.max(largest, (i == first ? 1 : outer * axis.output) * inner);
            }
            outer *= i == first ? 1 : output[i];
        }
        this.scratch = stages.size() > 1 ? 2 * largest : 0;
        this.bilinear = Simd.ENABLED && isBilinear() ? BilinearVector.of(stages.getLast().axis) : null;
    }

    private boolean isBilinear() {
        return stages.size() == 2
                && stages.getFirst().axis.taps == 2
                && stages.getLast().outer == 1
                && stages.getLast().inner == 1;
    }

    private static void expect(String what, int got, int expected) {
        if (got != expected) {
            throw new IllegalArgumentException(what + ": got " + got + " values, expected " + expected);
        }
    }

    private static int product(int[] dims, int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product = Math.multiplyExact(product, dims[i]);
        }
        return product;
    }

    /** Number of units, the range that can be split between threads. */
    public int units() {
        return stages.isEmpty() ? slices : slices * stages.getFirst().axis.output;
    }

    /** Elements of scratch that {@link #run} needs; each thread brings its own. */
    public int scratchSize() {
        return scratch;
    }

    /** Computes units {@code from} to {@code to} (exclusive). */
    public void run(float[] x, int xOff, float[] y, int yOff, float[] scratchArray, int scratchOff, int from, int to) {
        if (stages.isEmpty()) {
            System.arraycopy(x, xOff + from * inputSlice, y, yOff + from * inputSlice, (to - from) * inputSlice);
            return;
        }
        Stage first = stages.getFirst();
        ResizeAxis axis = first.axis;
        int unit = outputSlice / Math.max(1, axis.output);
        int half = scratch / 2;
        for (int u = from; u < to; u++) {
            int o = u % axis.output;
            int target = yOff + u * unit;
            if (axis.outside[o]) {
                Arrays.fill(y, target, target + unit, extrapolation);
                continue;
            }
            int source = xOff + u / axis.output * inputSlice;
            boolean last = stages.size() == 1;
            if (bilinear != null && bilinear.fits(source + inputSlice - first.inner, x.length)) {
                bilinear.row(
                        x,
                        source + axis.indices[2 * o] * first.inner,
                        axis.floatWeights[2 * o],
                        source + axis.indices[2 * o + 1] * first.inner,
                        axis.floatWeights[2 * o + 1],
                        y,
                        target);
                continue;
            }
            float[] now = x;
            int at = source + axis.indices[o * axis.taps] * first.inner;
            if (last || axis.taps > 1) {
                now = last ? y : scratchArray;
                at = last ? target : scratchOff;
                blend(axis, o, x, source, first.inner, now, at);
            }
            int free = 1;
            for (int s = 1; s < stages.size(); s++) {
                boolean toOutput = s == stages.size() - 1;
                float[] next = toOutput ? y : scratchArray;
                int nextAt = toOutput ? target : scratchOff + free * half;
                stage(stages.get(s), now, at, next, nextAt);
                now = next;
                at = nextAt;
                free = 1 - free;
            }
        }
    }

    private void stage(Stage stage, float[] x, int xOff, float[] y, int yOff) {
        ResizeAxis axis = stage.axis;
        int inner = stage.inner;
        for (int outer = 0; outer < stage.outer; outer++) {
            int from = xOff + outer * axis.input * inner;
            int to = yOff + outer * axis.output * inner;
            if (inner == 1) {
                row(axis, x, from, y, to);
                continue;
            }
            for (int o = 0; o < axis.output; o++) {
                if (axis.outside[o]) {
                    Arrays.fill(y, to + o * inner, to + (o + 1) * inner, extrapolation);
                } else {
                    blend(axis, o, x, from, inner, y, to + o * inner);
                }
            }
        }
    }

    /** The weighted sum of the slices that output {@code o} reads. */
    private static void blend(ResizeAxis axis, int o, float[] x, int xOff, int inner, float[] y, int yOff) {
        int taps = axis.taps;
        int t = o * taps;
        if (taps == 1) {
            System.arraycopy(x, xOff + axis.indices[t] * inner, y, yOff, inner);
            return;
        }
        for (int i = 0; i < taps; i += 2) {
            int a = xOff + axis.indices[t + i] * inner;
            int b = xOff + axis.indices[t + i + 1] * inner;
            if (i == 0) {
                set(x, a, axis.floatWeights[t], b, axis.floatWeights[t + 1], y, yOff, inner);
            } else {
                add(x, a, axis.floatWeights[t + i], b, axis.floatWeights[t + i + 1], y, yOff, inner);
            }
        }
    }

    private static void set(float[] x, int a, float wa, int b, float wb, float[] y, int yOff, int count) {
        if (Simd.ENABLED && count >= Simd.LANES && x != y) {
            BlendVector.set(x, a, wa, b, wb, y, yOff, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            y[yOff + i] = wa * x[a + i] + wb * x[b + i];
        }
    }

    private static void add(float[] x, int a, float wa, int b, float wb, float[] y, int yOff, int count) {
        for (int i = 0; i < count; i++) {
            y[yOff + i] += wa * x[a + i] + wb * x[b + i];
        }
    }

    /** The innermost axis: neighbours are gathered one by one. */
    private void row(ResizeAxis axis, float[] x, int xOff, float[] y, int yOff) {
        int[] indices = axis.indices;
        float[] weights = axis.floatWeights;
        int taps = axis.taps;
        int count = axis.output;
        if (taps == 1) {
            for (int o = 0; o < count; o++) {
                y[yOff + o] = x[xOff + indices[o]];
            }
        } else if (taps == 2) {
            for (int o = 0; o < count; o++) {
                y[yOff + o] =
                        weights[2 * o] * x[xOff + indices[2 * o]] + weights[2 * o + 1] * x[xOff + indices[2 * o + 1]];
            }
        } else {
            for (int o = 0; o < count; o++) {
                float sum = 0;
                for (int t = o * taps; t < (o + 1) * taps; t++) {
                    sum += weights[t] * x[xOff + indices[t]];
                }
                y[yOff + o] = sum;
            }
        }
        for (int o = 0; o < count && axis.anyOutside; o++) {
            if (axis.outside[o]) {
                y[yOff + o] = extrapolation;
            }
        }
    }

    /** The whole output in double precision, any mode; plain loops over the same tables. */
    public void run(double[] x, int xOff, double[] y, int yOff) {
        double[] now = Arrays.copyOfRange(x, xOff, xOff + slices * inputSlice);
        for (Stage stage : stages) {
            ResizeAxis axis = stage.axis;
            int all = now.length / Math.max(1, axis.input * stage.inner);
            double[] next = new double[all * axis.output * stage.inner];
            for (int i = 0; i < next.length; i++) {
                int o = i / stage.inner % axis.output;
                int from = i / stage.inner / axis.output * axis.input * stage.inner + i % stage.inner;
                double sum = 0;
                for (int t = o * axis.taps; t < (o + 1) * axis.taps; t++) {
                    sum += axis.weights[t] * now[from + axis.indices[t] * stage.inner];
                }
                next[i] = axis.outside[o] ? extrapolation : sum;
            }
            now = next;
        }
        System.arraycopy(now, 0, y, yOff, slices * outputSlice);
    }

    /**
     * For nearest neighbours of any element type: where in the input each output element is copied from, or -1 where it is the extrapolation
     * value.
     *
     * @throws IllegalStateException when the mode blends several neighbours
     */
    public int[] sources() {
        int[] now = new int[slices * inputSlice];
        Arrays.setAll(now, i -> i);
        for (Stage stage : stages) {
            ResizeAxis axis = stage.axis;
            if (axis.taps != 1) {
                throw new IllegalStateException("only nearest neighbours have one source each");
            }
            int all = now.length / Math.max(1, axis.input * stage.inner);
            int[] next = new int[all * axis.output * stage.inner];
            for (int i = 0; i < next.length; i++) {
                int o = i / stage.inner % axis.output;
                int from = i / stage.inner / axis.output * axis.input * stage.inner + i % stage.inner;
                next[i] = axis.outside[o] ? -1 : now[from + axis.indices[o] * stage.inner];
            }
            now = next;
        }
        return now;
    }

    /** Dimensions of the input. */
    public int[] inputDims() {
        return inputDims.clone();
    }

    /** Dimensions of the output. */
    public int[] outputDims() {
        return outputDims.clone();
    }
}
