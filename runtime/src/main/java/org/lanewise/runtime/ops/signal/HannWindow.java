package org.lanewise.runtime.ops.signal;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;

/** The Hann window {@code w[i] = 0.5 - 0.5 cos(2 pi i / d)}, d being its size, less one when it is symmetric. ONNX {@code HannWindow}-17. */
public record HannWindow(CosineWindow window) implements Operator {
    /** From a node. */
    public static HannWindow create(NodeSpec spec) {
        return new HannWindow(CosineWindow.create(spec, 0.5, 0.5, 0));
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
