package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;

/** Checks that the operators of this domain share. */
final class Checks {
    private static final Set<DataType> FLOATS = Set.of(DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);

    private Checks() {}

    /** Fails unless the node has {@code min} to {@code max} inputs; of the first {@code min} only those of {@code optional} may be absent. */
    static void inputs(NodeSpec spec, int min, int max, Integer... optional) {
        if (spec.inputCount() < min || spec.inputCount() > max) {
            throw spec.refuse("has " + spec.inputCount() + " inputs, expected " + min + " to " + max);
        }
        for (int i = 0; i < min; i++) {
            if (!spec.hasInput(i) && !Set.of(optional).contains(i)) {
                throw spec.refuse("required input " + i + " is absent");
            }
        }
    }

    /** The type of input 0, which must be one that is computed in float. */
    static DataType floats(ShapeContext context) {
        return Types.check(context, 0, FLOATS);
    }

    /** Refuses a required output that nobody can fill. */
    static void absent(NodeSpec spec, int output, String name) {
        if (spec.outputCount() > output && spec.hasOutput(output)) {
            throw spec.refuse("output " + name + " is not supported");
        }
    }

    /** Refuses a switch that is on. */
    static void off(NodeSpec spec, String name) {
        if (spec.flag(name, false)) {
            throw spec.refuse("attribute '" + name + "' is not supported");
        }
    }

    /** A number of heads. */
    static int heads(NodeSpec spec, boolean required) {
        long heads = required ? spec.requiredInt("num_heads") : spec.intAttribute("num_heads", 0);
        if (heads < (required ? 1 : 0) || heads > Integer.MAX_VALUE) {
            throw spec.refuse("num_heads is " + heads + ", expected 1 or more");
        }
        return (int) heads;
    }
}
