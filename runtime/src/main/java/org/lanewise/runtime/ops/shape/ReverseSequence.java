package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Reverses the first {@code sequence_lens[n]} steps of each sequence {@code n} of a batch, the rest stays. ONNX {@code ReverseSequence}-10.
 *
 * @param batchAxis the axis of the batch, 0 or 1
 * @param timeAxis the axis of the steps, the other of the two
 */
public record ReverseSequence(int batchAxis, int timeAxis) implements Operator {
    /** From a node. */
    public static ReverseSequence create(NodeSpec spec) {
        spec.inputs(2, 2);
        long batch = spec.intAttribute("batch_axis", 1);
        long time = spec.intAttribute("time_axis", 0);
        if (batch + time != 1 || batch * time != 0) {
            throw spec.refuse("batch_axis " + batch + " and time_axis " + time + " must be 0 and 1 or 1 and 0");
        }
        return new ReverseSequence((int) batch, (int) time);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (context.inputType(1) != DataType.INT64) {
            throw new IllegalArgumentException(
                    "sequence_lens has type " + context.inputType(1).onnxName() + ", expected int64");
        }
        if (in.isRanked() && in.rank() < 2) {
            throw new IllegalArgumentException("input has shape " + in + ", expected at least 2 axes");
        }
        context.output(0, context.inputType(0), in);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor lengths = context.input(1);
        int batch = in.shape().dim(batchAxis);
        int steps = in.shape().dim(timeAxis);
        if (lengths.size() != batch) {
            throw new IllegalArgumentException("sequence_lens is " + lengths + ", expected " + batch + " values");
        }
        int inner = in.shape().sizeBetween(2, in.shape().rank());
        int batchStep = batchAxis == 0 ? steps * inner : inner;
        int timeStep = timeAxis == 0 ? batch * inner : inner;
        Tensor out = context.output(0, in.type(), in.shape());
        for (int n = 0; n < batch; n++) {
            long length = lengths.getLong(n);
            if (length < 0 || length > steps) {
                throw new IllegalArgumentException(
                        "sequence_lens[" + n + "] is " + length + ", the input has " + steps + " steps");
            }
        }
        context.parallel(batch, 10L * steps + (long) steps * inner / 4, (from, to, scratch) -> {
            for (int n = from; n < to; n++) {
                int length = (int) lengths.getLong(n);
                for (int t = 0; t < steps; t++) {
                    int source = t < length ? length - 1 - t : t;
                    out.copyFrom(n * batchStep + t * timeStep, in, n * batchStep + source * timeStep, inner);
                }
            }
        });
    }
}
