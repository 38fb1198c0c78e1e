package org.lanewise.runtime.ops.reduce;

import org.lanewise.runtime.op.NodeSpec;

/**
 * Where along an axis the smallest element is. ONNX {@code ArgMin}-1, 11, 12, 13; {@code select_last_index} since 12.
 *
 * @param search the attributes
 */
public record ArgMin(Search search) implements ArgReduction {
    /** From a node. */
    public static ArgMin create(NodeSpec spec) {
        return new ArgMin(Search.read(spec));
    }

    @Override
    public boolean largest() {
        return false;
    }
}
