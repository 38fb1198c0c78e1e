package org.lanewise.runtime.ops.reduce;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The axes a reduction goes over. They are an attribute in older opsets, an input in newer ones; none means all, or none at all with
 * {@code noop_with_empty_axes}.
 *
 * @param fixed the attribute, {@code null} where not given or where the axes are an input
 * @param keepDims whether reduced dimensions stay as 1
 * @param noop whether no axes means that nothing is reduced
 */
public record ReducedAxes(long @Nullable [] fixed, boolean keepDims, boolean noop) {
    /** From a node whose axes are an input since opset {@code inputSince}. */
    static ReducedAxes read(NodeSpec spec, int inputSince) {
        boolean keepDims = spec.flag("keepdims", true);
        if (spec.opset() < inputSince) {
            spec.inputs(1, 1);
            return new ReducedAxes(spec.intsAttribute("axes"), keepDims, false);
        }
        spec.inputs(1, 2);
        return new ReducedAxes(null, keepDims, spec.flag("noop_with_empty_axes", false));
    }

    /** Sets output 0 to what is known of the reduced shape of input 0. */
    void infer(ShapeContext context, DataType type) {
        PartialShape in = context.inputShape(0);
        boolean given = context.inputCount() > 1 && context.hasInput(1);
        Tensor axes = given ? context.constant(1) : null;
        if (!in.isRanked()) {
            context.output(0, type, PartialShape.unranked());
        } else if (given && axes == null) {
            context.output(0, type, keepDims ? PartialShape.ofRank(in.rank()) : PartialShape.unranked());
        } else {
            boolean[] reduced = resolve(in.rank(), axes);
            context.output(0, type, PartialShape.of(dims(in.toArray(), reduced)));
        }
    }

    /** Which axes of input 0 are reduced in this run. */
    boolean[] resolve(OpContext context) {
        return resolve(context.input(0).shape().rank(), context.inputCount() > 1 ? context.optionalInput(1) : null);
    }

    /** The reduced shape. */
    Shape shape(Shape in, boolean[] reduced) {
        return Shape.of(dims(in.toLongArray(), reduced));
    }

    private boolean[] resolve(int rank, @Nullable Tensor input) {
        long[] axes = input != null ? input.toLongArray() : fixed;
        boolean[] reduced = new boolean[rank];
        if (axes == null || axes.length == 0) {
            Arrays.fill(reduced, !noop);
            return reduced;
        }
        for (long axis : axes) {
            int i = Shape.axis(axis, rank);
            if (reduced[i]) {
                throw new IllegalArgumentException("axis " + axis + " is given twice");
            }
            reduced[i] = true;
        }
        return reduced;
    }

    private long[] dims(long[] in, boolean[] reduced) {
        long[] out = new long[in.length];
        int count = 0;
        for (int i = 0; i < in.length; i++) {
            if (!reduced[i]) {
                out[count++] = in[i];
            } else if (keepDims) {
                out[count++] = 1;
            }
        }
        return Arrays.copyOf(out, count);
    }
}
