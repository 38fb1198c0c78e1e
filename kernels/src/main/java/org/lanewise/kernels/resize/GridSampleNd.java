package org.lanewise.kernels.resize;

/** {@link GridSample} for any number of axes, in double precision: the general case, and the reference of the fast ones. */
public final class GridSampleNd {
    private GridSampleNd() {}

    /**
     * Samples points {@code from} to {@code to} (exclusive) of all images.
     *
     * @param x images {@code (N, channels, spatial...)}
     * @param spatial sizes of the r spatial axes
     * @param grid points {@code (N, perImage, r)}, innermost axis first
     * @param perImage points of one image
     * @param y output {@code (N, channels, perImage)}
     */
    public static void run(
            GridSample spec,
            double[] x,
            int channels,
            int[] spatial,
            double[] grid,
            int perImage,
            double[] y,
            int from,
            int to) {
        int rank = spatial.length;
        int pixels = 1;
        for (int dim : spatial) {
            pixels *= dim;
        }
        int taps = spec.mode() == ResizeSpec.Mode.NEAREST ? 1 : spec.mode() == ResizeSpec.Mode.LINEAR ? 2 : 4;
        int[][] at = new int[rank][taps];
        double[][] weights = new double[rank][taps];
        int corners = 1;
        for (int i = 0; i < rank; i++) {
            corners *= taps;
        }
        for (int point = from; point < to; point++) {
            for (int axis = 0; axis < rank; axis++) {
                locate(spec, grid[point * rank + rank - 1 - axis], spatial[axis], at[axis], weights[axis]);
            }
            int image = point / perImage;
            for (int c = 0; c < channels; c++) {
                int plane = (image * channels + c) * pixels;
                y[(image * channels + c) * perImage + point % perImage] =
                        blend(x, plane, spatial, at, weights, taps, corners);
            }
        }
    }

    private static double blend(double[] x, int plane, int[] spatial, int[][] at, double[][] weights, int taps, int corners) {
        double sum = 0;
        for (int corner = 0; corner < corners; corner++) {
            int rest = corner;
            int index = 0;
            int stride = 1;
            double weight = 1;
            boolean inside = true;
            for (int axis = spatial.length - 1; axis >= 0; axis--) {
                int tap = rest % taps;
                rest /= taps;
                inside &= at[axis][tap] >= 0;
                index += at[axis][tap] * stride;
                stride *= spatial[axis];
                weight *= weights[axis][tap];
            }
            sum += inside ? weight * x[plane + index] : 0;
        }
        return sum;
    }

    /** Neighbours of a coordinate along one axis, -1 for a zero, and their weights. */
    private static void locate(GridSample spec, double coordinate, int size, int[] at, double[] weights) {
        double low = spec.alignCorners() ? 0 : -0.5;
        double high = spec.alignCorners() ? size - 1 : size - 0.5;
        double position = spec.alignCorners()
                ? (coordinate + 1) / 2 * (size - 1)
                : ((coordinate + 1) * size - 1) / 2;
        if (spec.mode() == ResizeSpec.Mode.NEAREST) {
            position = Math.rint(position);
        }
        if (spec.padding() == GridSample.Padding.BORDER && (position < low || position > high)) {
            position = Math.clamp(position, 0, size - 1);
        } else if (spec.padding() == GridSample.Padding.REFLECTION) {
            position = reflect(position, low, high);
        }
        double floor = Math.floor(position);
        double t = position - floor;
        switch (spec.mode()) {
            case NEAREST -> weights[0] = 1;
            case LINEAR -> {
                weights[0] = 1 - t;
                weights[1] = t;
            }
            case CUBIC -> {
                weights[0] = outer(1 + t);
                weights[1] = inner(t);
                weights[2] = inner(1 - t);
                weights[3] = outer(2 - t);
            }
        }
        int first = (int) Math.clamp(floor, -1e9, 1e9) - (at.length == 4 ? 1 : 0);
        for (int i = 0; i < at.length; i++) {
            int index = first + i;
            at[i] = switch (spec.padding()) {
                case ZEROS -> index >= 0 && index < size ? index : -1;
                case BORDER -> Math.clamp(index, 0, size - 1);
                case REFLECTION -> Math.clamp((int) reflect(index, low, high), 0, size - 1);
            };
        }
    }

    private static double reflect(double position, double low, double high) {
        double range = high - low;
        if (range <= 0) {
            return 0;
        }
        if (position >= low && position <= high) {
            return position;
        }
        double distance = position < low ? low - position : position - high;
        double turns = Math.floor(distance / range);
        double rest = distance - turns * range;
        boolean fromLow = position < low == (turns % 2 == 0);
        return fromLow ? low + rest : high - rest;
    }

    private static double inner(double d) {
        return (1.25 * d - 2.25) * d * d + 1; // (a + 2) d^3 - (a + 3) d^2 + 1 with a = -0.75
    }

    private static double outer(double d) {
        return ((-0.75 * d + 3.75) * d - 6) * d + 3; // a d^3 - 5 a d^2 + 8 a d - 4 a
    }
}
