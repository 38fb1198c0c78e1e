package org.lanewise.kernels.resize;

/**
 * How values between pixels are found, in the words of ONNX Resize.
 *
 * @param mode the interpolation
 * @param coordinates where an output pixel lies in the input
 * @param nearest which neighbour {@link Mode#NEAREST} takes
 * @param cubicA the parameter of {@link Mode#CUBIC}, -0.75 by default
 * @param excludeOutside whether pixels outside the input have no weight; otherwise the border's pixel stands for them
 * @param antialias whether the filter widens with the step when an axis shrinks; {@link Mode#NEAREST} ignores it
 * @param extrapolation the result where {@link Coordinates#TF_CROP_AND_RESIZE} leaves the input
 */
public record ResizeSpec(
        Mode mode,
        Coordinates coordinates,
        Nearest nearest,
        float cubicA,
        boolean excludeOutside,
        boolean antialias,
        float extrapolation) {
    /** The interpolation. */
    public enum Mode {
        /** One neighbour. */
        NEAREST,
        /** Two neighbours an axis, by distance. */
        LINEAR,
        /** Four neighbours an axis (Keys, 1981). */
        CUBIC
    }

    /** Position in the input of output pixel {@code i}; {@code scale} is output / input. */
    public enum Coordinates {
        /** {@code (i + 0.5) / scale - 0.5}. */
        HALF_PIXEL,
        /** Half pixel, centred when the output size is rounded. */
        HALF_PIXEL_SYMMETRIC,
        /** Half pixel, but 0 when the output has one pixel. */
        PYTORCH_HALF_PIXEL,
        /** {@code i * (input - 1) / (output - 1)}. */
        ALIGN_CORNERS,
        /** {@code i / scale}. */
        ASYMMETRIC,
        /** {@code (i + 0.5) / scale}: opset 11 only, for nearest neighbours. */
        TF_HALF_PIXEL_FOR_NN,
        /** As {@link #ALIGN_CORNERS}, within a region of interest. */
        TF_CROP_AND_RESIZE
    }

    /** Which neighbour of a position between two pixels is the nearest. */
    public enum Nearest {
        /** The nearer one, at one half the lower. */
        ROUND_PREFER_FLOOR,
        /** The nearer one, at one half the upper. */
        ROUND_PREFER_CEIL,
        /** The lower one. */
        FLOOR,
        /** The upper one. */
        CEIL
    }

    /** ONNX's defaults for a mode: half pixel, prefer floor, -0.75, no antialias, extrapolation 0. */
    public static ResizeSpec of(Mode mode) {
        return new ResizeSpec(mode, Coordinates.HALF_PIXEL, Nearest.ROUND_PREFER_FLOOR, -0.75f, false, false, 0f);
    }

    /** The same with other coordinates. */
    public ResizeSpec with(Coordinates other) {
        return new ResizeSpec(mode, other, nearest, cubicA, excludeOutside, antialias, extrapolation);
    }
}
