package org.lanewise.runtime.ops.reduce;

import org.lanewise.runtime.op.NodeSpec;

/**
 * Where along an axis the largest element is. ONNX {@code ArgMax}-1, 11, 12, 13; {@code select_last_index} since 12.
 *
 * @param search the attributes
 */
public record ArgMax(Search search) implements ArgReduction {
    /** From a node. */
    public static ArgMax create(NodeSpec spec) {
        return new ArgMax(Search.read(spec));
    }

    @Override
    public boolean largest() {
        return true;
    }
}
