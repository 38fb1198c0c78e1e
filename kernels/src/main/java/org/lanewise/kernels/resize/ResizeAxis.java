package org.lanewise.kernels.resize;

import java.util.Arrays;
import org.lanewise.kernels.resize.ResizeSpec.Mode;

/**
 * The weights of one axis: output pixel {@code o} is {@code sum over t < taps of weights[o * taps + t] * input[indices[o * taps + t]]},
 * or the extrapolation value where {@code outside[o]}.
 */
final class ResizeAxis {
    final int input;
    final int output;
    final int taps;
    final int[] indices;
    final double[] weights;
    final float[] floatWeights;
    final boolean[] outside;
    final boolean anyOutside;

    ResizeAxis(ResizeSpec spec, int input, int output, double scale, double roiStart, double roiEnd) {
        this.input = input;
        this.output = output;
        double filterScale = spec.antialias() ? Math.min(1, scale) : 1;
        int reach = switch (spec.mode()) {
            case NEAREST -> 0;
            case LINEAR -> (int) Math.ceil(1 / filterScale);
            case CUBIC -> (int) Math.ceil(2 / filterScale);
        };
        this.taps = Math.max(1, 2 * reach);
        this.indices = new int[output * taps];
        this.weights = new double[output * taps];
        this.outside = new boolean[output];
        for (int o = 0; o < output; o++) {
            double at = position(spec, o, input, output, scale, roiStart, roiEnd);
            outside[o] = spec.coordinates() == ResizeSpec.Coordinates.TF_CROP_AND_RESIZE && (at < 0 || at > input - 1);
            if (spec.mode() == Mode.NEAREST) {
                indices[o] = Math.clamp(nearest(spec.nearest(), at), 0, input - 1);
                weights[o] = 1;
            } else {
                fill(spec, o, at, filterScale, reach);
            }
        }
        this.floatWeights = new float[weights.length];
        boolean any = false;
        for (int i = 0; i < weights.length; i++) {
            floatWeights[i] = (float) weights[i];
        }
        for (boolean out : outside) {
            any |= out;
        }
        this.anyOutside = any;
    }

    private void fill(ResizeSpec spec, int o, double at, double filterScale, int reach) {
        int first = (int) Math.floor(at) - reach + 1;
        double sum = 0;
        for (int t = 0; t < taps; t++) {
            int pixel = first + t;
            double distance = Math.abs(pixel - at) * filterScale;
            double weight = spec.mode() == Mode.LINEAR ? Math.max(0, 1 - distance) : cubic(distance, spec.cubicA());
            if (spec.excludeOutside() && (pixel < 0 || pixel >= input)) {
                weight = 0;
            }
            indices[o * taps + t] = Math.clamp(pixel, 0, input - 1);
            weights[o * taps + t] = weight;
            sum += weight;
        }
        if (spec.antialias() || spec.excludeOutside()) {
            for (int t = o * taps; t < (o + 1) * taps; t++) {
                weights[t] = sum == 0 ? 0 : weights[t] / sum;
            }
        }
    }

    private static double cubic(double x, double a) {
        if (x <= 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }

    /** The position is rounded to {@code float} first: scales are {@code float}, so that what should lie on a pixel or halfway lies beside it. */
    private static int nearest(ResizeSpec.Nearest rule, double position) {
        float at = (float) position;
        return (int)
                switch (rule) {
                    case ROUND_PREFER_FLOOR -> Math.ceil(at - 0.5);
                    case ROUND_PREFER_CEIL -> Math.floor(at + 0.5);
                    case FLOOR -> Math.floor(at);
                    case CEIL -> Math.ceil(at);
                };
    }

    private static double position(
            ResizeSpec spec, int i, int input, int output, double scale, double roiStart, double roiEnd) {
        return switch (spec.coordinates()) {
            case HALF_PIXEL -> (i + 0.5) / scale - 0.5;
            case PYTORCH_HALF_PIXEL -> output == 1 ? 0 : (i + 0.5) / scale - 0.5;
            case TF_HALF_PIXEL_FOR_NN -> (i + 0.5) / scale;
            case ASYMMETRIC -> i / scale;
            case HALF_PIXEL_SYMMETRIC -> {
                double adjustment = output / (scale * input);
                yield input / 2.0 * (1 - adjustment) + (i + 0.5) / scale - 0.5;
            }
            case ALIGN_CORNERS -> {
                double last = scale * input - 1;
                yield output == 1 || last == 0 ? 0 : i * (input - 1) / last;
            }
            case TF_CROP_AND_RESIZE ->
                roiStart * (input - 1)
                        + (output == 1
                                ? (roiEnd - roiStart) * (input - 1) / 2
                                : i * (roiEnd - roiStart) * (input - 1) / (output - 1.0));
        };
    }

    /** Whether the axis stays as it is. */
    boolean isIdentity() {
        if (input != output || taps == 0 || anyOutside) {
            return false;
        }
        double[] row = new double[output];
        for (int o = 0; o < output; o++) {
            Arrays.fill(row, 0);
            for (int t = o * taps; t < (o + 1) * taps; t++) {
                row[indices[t]] += weights[t];
            }
            if (row[o] != 1) {
                return false;
            }
        }
        return true;
    }
}
