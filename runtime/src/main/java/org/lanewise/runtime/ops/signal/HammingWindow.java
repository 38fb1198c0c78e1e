package org.lanewise.runtime.ops.signal;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;

/** The Hamming window {@code w[i] = 25/46 - 21/46 cos(2 pi i / d)}, d being its size, less one when it is symmetric. ONNX {@code HammingWindow}-17. */
public record HammingWindow(CosineWindow window) implements Operator {
    /** From a node. */
    public static HammingWindow create(NodeSpec spec) {
        return new HammingWindow(CosineWindow.create(spec, 25.0 / 46, 21.0 / 46, 0));
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
