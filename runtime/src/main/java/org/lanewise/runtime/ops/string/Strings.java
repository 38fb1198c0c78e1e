package org.lanewise.runtime.ops.string;

import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;

/** Checks of string inputs. */
final class Strings {
    private Strings() {}

    /** Fails unless input {@code i} is a tensor of strings. */
    static void expect(ShapeContext context, int i) {
        if (context.inputType(i) != DataType.STRING) {
            throw new IllegalArgumentException(
                    "input " + i + " has type " + context.inputType(i).onnxName() + ", expected string");
        }
    }
}
