package org.lanewise.runtime.ops.signal;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A window of {@code size} elements, input 0: {@code w[i] = a0 - a1 cos(2 pi i / d) + a2 cos(4 pi i / d)} with {@code d = size} when it is periodic and {@code size - 1} when it is symmetric.
 *
 * @param periodic whether it is one period of a periodic function
 * @param type element type of the output; integers cut towards zero
 */
record CosineWindow(boolean periodic, DataType type, double a0, double a1, double a2) {
    private static final Set<DataType> SIZES = Set.of(DataType.INT32, DataType.INT64);

    static CosineWindow create(NodeSpec spec, double a0, double a1, double a2) {
        spec.inputs(1, 1);
        return new CosineWindow(spec.flag("periodic", true), outputType(spec), a0, a1, a2);
    }

    /** Attribute {@code output_datatype}, one of the numeric types. */
    static DataType outputType(NodeSpec spec) {
        long code = spec.intAttribute("output_datatype", DataType.FLOAT.code());
        DataType type = code == (int) code ? DataType.ofCode((int) code) : null;
        if (type == null || !Types.NUMERIC.contains(type)) {
            throw spec.refuse(
                    "output_datatype " + (type == null ? Long.toString(code) : type.onnxName()) + " is not supported");
        }
        return type;
    }

    void inferShapes(ShapeContext context) {
        Types.check(context, 0, SIZES);
        Tensor size = context.constant(0);
        context.output(0, type, PartialShape.of(size == null ? PartialShape.UNKNOWN : size(size)));
    }

    void run(OpContext context) {
        int size = size(context.input(0));
        int period = periodic ? size : Math.max(1, size - 1);
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            double angle = 2 * Math.PI * i / period;
            values[i] = size == 1 ? 1 : a0 - a1 * Math.cos(angle) + a2 * Math.cos(2 * angle);
        }
        Elements.write(values, context.output(0, type, Shape.of(size)), 0, size);
    }

    private static int size(Tensor size) {
        long value = size.size() == 1 ? size.getLong(0) : -1;
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "size is " + size + (size.size() == 1 ? " " + value : "") + ", expected one number, not negative");
        }
        return (int) value;
    }
}
