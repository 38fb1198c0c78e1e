package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;

/** What {@link Pad} adds. */
public enum PadMode {
    /** One value. */
    CONSTANT,
    /** The values mirrored on the first and the last. */
    REFLECT,
    /** The first and the last value. */
    EDGE,
    /** The values of the other side. */
    WRAP;

    static PadMode read(NodeSpec spec) {
        String name = spec.stringAttribute("mode", "constant");
        return switch (name) {
            case "constant" -> CONSTANT;
            case "reflect" -> REFLECT;
            case "edge" -> EDGE;
            case "wrap" -> {
                if (spec.opset() < 19) {
                    throw spec.refuse("mode 'wrap' exists since opset 19");
                }
                yield WRAP;
            }
            default -> throw spec.refuse("mode '" + name + "' is not known");
        };
    }

    /** The index inside an axis of {@code dim} elements that stands for index {@code i} outside; -1 for the constant. */
    int source(int i, int dim) {
        if (i >= 0 && i < dim) {
            return i;
        }
        return switch (this) {
            case CONSTANT -> -1;
            case EDGE -> Math.clamp(i, 0, dim - 1);
            case WRAP -> Math.floorMod(i, dim);
            case REFLECT -> {
                int period = Math.max(1, 2 * (dim - 1));
                int at = Math.floorMod(i, period);
                yield at < dim ? at : period - at;
            }
        };
    }
}
