package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.resize.ResizeSpec;
import org.lanewise.runtime.op.NodeSpec;

/** Reads the attributes of {@link Resize} that say how to interpolate. */
final class ResizeModes {
    private ResizeModes() {}

    static ResizeSpec read(NodeSpec node) {
        int opset = node.opset();
        ResizeSpec.Mode mode = mode(node);
        if (opset < 11) {
            return ResizeSpec.of(mode).with(ResizeSpec.Coordinates.ASYMMETRIC);
        }
        return new ResizeSpec(
                mode,
                coordinates(node),
                nearest(node),
                node.floatAttribute("cubic_coeff_a", -0.75f),
                node.flag("exclude_outside", false),
                opset >= 18 && node.flag("antialias", false),
                node.floatAttribute("extrapolation_value", 0));
    }

    /** Attribute {@code mode}; the old names with a number of axes in them mean the same. */
    static ResizeSpec.Mode mode(NodeSpec node) {
        String name = node.stringAttribute("mode", "nearest");
        return switch (name) {
            case "nearest" -> ResizeSpec.Mode.NEAREST;
            case "linear", "bilinear", "trilinear" -> ResizeSpec.Mode.LINEAR;
            case "cubic", "bicubic" -> ResizeSpec.Mode.CUBIC;
            default -> throw node.refuse("mode '" + name + "' is not known");
        };
    }

    private static ResizeSpec.Coordinates coordinates(NodeSpec node) {
        String name = node.stringAttribute("coordinate_transformation_mode", "half_pixel");
        return switch (name) {
            case "half_pixel" -> ResizeSpec.Coordinates.HALF_PIXEL;
            case "half_pixel_symmetric" -> ResizeSpec.Coordinates.HALF_PIXEL_SYMMETRIC;
            case "pytorch_half_pixel" -> ResizeSpec.Coordinates.PYTORCH_HALF_PIXEL;
            case "align_corners" -> ResizeSpec.Coordinates.ALIGN_CORNERS;
            case "asymmetric" -> ResizeSpec.Coordinates.ASYMMETRIC;
            case "tf_half_pixel_for_nn" -> ResizeSpec.Coordinates.TF_HALF_PIXEL_FOR_NN;
            case "tf_crop_and_resize" -> ResizeSpec.Coordinates.TF_CROP_AND_RESIZE;
            default -> throw node.refuse("coordinate_transformation_mode '" + name + "' is not known");
        };
    }

    private static ResizeSpec.Nearest nearest(NodeSpec node) {
        String name = node.stringAttribute("nearest_mode", "round_prefer_floor");
        return switch (name) {
            case "round_prefer_floor" -> ResizeSpec.Nearest.ROUND_PREFER_FLOOR;
            case "round_prefer_ceil" -> ResizeSpec.Nearest.ROUND_PREFER_CEIL;
            case "floor" -> ResizeSpec.Nearest.FLOOR;
            case "ceil" -> ResizeSpec.Nearest.CEIL;
            default -> throw node.refuse("nearest_mode '" + name + "' is not known");
        };
    }

    /**
     * Before opset 11 the specification does not say which neighbour is nearest; runtimes take the one below, or above when the axis shrinks.
     *
     * @throws IllegalArgumentException if some axes shrink and others grow
     */
    static ResizeSpec legacy(ResizeSpec spec, double[] scales) {
        boolean shrinks = false;
        boolean grows = false;
        for (double scale : scales) {
            shrinks |= scale < 1;
            grows |= scale > 1;
        }
        if (shrinks && grows && spec.mode() == ResizeSpec.Mode.NEAREST) {
            throw new IllegalArgumentException("scales below and above 1 together are not supported for nearest neighbours before opset 11");
        }
        return new ResizeSpec(
                spec.mode(),
                spec.coordinates(),
                shrinks ? ResizeSpec.Nearest.CEIL : ResizeSpec.Nearest.FLOOR,
                spec.cubicA(),
                false,
                false,
                0);
    }
}
