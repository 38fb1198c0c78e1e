package org.lanewise.runtime.ops.cast;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** The attribute {@code to} of the operators that change the element type. */
final class TargetType {
    private TargetType() {}

    static DataType read(NodeSpec spec) {
        long code = spec.requiredInt("to");
        DataType type = code == (int) code ? DataType.ofCode((int) code) : null;
        if (type == null) {
            throw spec.refuse("attribute 'to' is " + code + ", which is no element type");
        }
        return checked(spec, type);
    }

    static DataType checked(NodeSpec spec, DataType type) {
        if (type == DataType.COMPLEX64 || type == DataType.COMPLEX128) {
            throw spec.refuse("attribute 'to' is " + type.onnxName() + ", which is not supported");
        }
        return type;
    }
}
