package org.lanewise.runtime.ops.signal;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;

/** The Blackman window {@code w[i] = 0.42 - 0.5 cos(2 pi i / d) + 0.08 cos(4 pi i / d)}, d being its size, less one when it is symmetric. ONNX {@code BlackmanWindow}-17. */
public record BlackmanWindow(CosineWindow window) implements Operator {
    /** From a node. */
    public static BlackmanWindow create(NodeSpec spec) {
        return new BlackmanWindow(CosineWindow.create(spec, 0.42, 0.5, 0.08));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        window.inferShapes(context);
    }

    @Override
    public void run(OpContext context) {
        window.run(context);
    }
}
