package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The same elements under another shape. In the target, -1 stands for the dimension that makes the sizes equal, and 0 for the input's dimension at
 * that place unless {@code allowzero}. ONNX {@code Reshape}: the target is an attribute in opset 1, an input since 5; {@code allowzero} since 14.
 *
 * @param target the target of opset 1, else {@code null}
 * @param allowZero whether 0 means an empty dimension
 */
public record Reshape(long @Nullable [] target, boolean allowZero) implements Operator, Views {
    /** From a node. */
    public static Reshape create(NodeSpec spec) {
        if (spec.opset() < 5) {
            spec.inputs(1, 1);
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
            long[] shape = spec.intsAttribute("shape");
            if (shape == null) {
                throw spec.refuse("required attribute 'shape' is missing");
            }
            return new Reshape(shape, false);
        }
        spec.inputs(2, 2);
        return new Reshape(null, spec.opset() >= 14 && spec.flag("allowzero", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor constant = target == null ? context.constant(1) : null;
        long[] wanted = target != null ? target : constant != null ? constant.toLongArray() : null;
        if (wanted == null) {
            long rank = context.inputShape(1).dim(0);
            context.output(
                    0, context.inputType(0), rank < 0 ? PartialShape.unranked() : PartialShape.ofRank((int) rank));
            return;
        }
        context.output(0, context.inputType(0), PartialShape.of(resolve(in, wanted)));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        long[] wanted = target != null ? target : context.input(1).toLongArray();
        context.output(0, in.reshape(Shape.of(resolve(PartialShape.of(in.shape()), wanted))));
    }

    private long[] resolve(PartialShape in, long[] wanted) {
        long[] dims = wanted.clone();
        int inferred = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 0 && !allowZero) {
                if (in.isRanked() && i >= in.rank()) {
                    throw new IllegalArgumentException(
                            "target " + Arrays.toString(wanted) + " copies dimension " + i + " of " + in);
                }
                dims[i] = in.dim(i);
            } else if (dims[i] == -1) {
                if (inferred >= 0) {
                    throw new IllegalArgumentException("target " + Arrays.toString(wanted) + " has more than one -1");
                }
                inferred = i;
            } else if (dims[i] < 0) {
                throw new IllegalArgumentException("target " + Arrays.toString(wanted) + " has a negative dimension");
            }
        }
        long size = in.size();
        if (size < 0 || Arrays.stream(dims).filter(dim -> dim < 0).count() > (inferred >= 0 ? 1 : 0)) {
            return dims;
        }
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            known = i == inferred ? known : Math.multiplyExact(known, dims[i]);
        }
        if (inferred >= 0 && (known == 0 ? size == 0 : size % known == 0)) {
            dims[inferred] = known == 0 ? 0 : size / known;
        } else if (inferred >= 0 || known != size) {
            throw new IllegalArgumentException(
                    "cannot reshape " + in + " (" + size + " elements) to " + Arrays.toString(wanted));
        }
        return dims;
    }
}
