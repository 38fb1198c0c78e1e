package org.lanewise.runtime.ops.logic;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;

/**
 * {@code y = a == b}. ONNX {@code Equal}-1, 7, 11, 13, 19; strings since 19.
 *
 * @param alignment how b is laid over a
 */
public record Equal(Alignment alignment) implements Relation {
    private static final Set<DataType> TYPES = allowed();

    /** From a node. */
    public static Equal create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Equal(Alignment.of(spec));
    }

    @Override
    public Comparison comparison() {
        return Comparison.EQUAL;
    }

    @Override
    public Set<DataType> types() {
        return TYPES;
    }

    private static Set<DataType> allowed() {
        EnumSet<DataType> types = EnumSet.copyOf(Types.NUMERIC_OR_BOOL);
        types.add(DataType.STRING);
        return Collections.unmodifiableSet(types);
    }
}
