package org.lanewise.runtime.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Runs {@link ComputesInFloat} operators on 16-bit floating-point values. */
public final class HalfPrecision implements OpContext {
    private final OpContext outer;
    private final DataType half;
    private final @Nullable Tensor[] outputs;

    private HalfPrecision(OpContext outer, DataType half) {
        this.outer = outer;
        this.half = half;
        this.outputs = new Tensor[outer.outputCount()];
    }

    /** Runs {@code operator}, converting around it where it asks for that and an input needs it. */
    public static void run(Operator operator, OpContext context) {
        DataType half = operator instanceof ComputesInFloat ? halfInput(context) : null;
        if (half == null) {
            operator.run(context);
            return;
        }
        HalfPrecision wrapped = new HalfPrecision(context, half);
        operator.run(wrapped);
        wrapped.finish();
    }

    /** {@code values} as {@code type}, which is {@code FLOAT16} or {@code BFLOAT16}, rounded to nearest even. */
    public static void round(float[] values, int from, DataType type, short[] out, int at, int count) {
        if (type == DataType.FLOAT16) {
            org.lanewise.kernels.elementwise.HalfPrecision.toFloat16(values, from, out, at, count);
        } else {
            org.lanewise.kernels.elementwise.HalfPrecision.toBfloat16(values, from, out, at, count);
        }
    }

    private static @Nullable DataType halfInput(OpContext context) {
        for (int i = 0; i < context.inputCount(); i++) {
            if (context.isKept(i) && context.value(i) instanceof Tensor tensor && isHalf(tensor.type())) {
                return tensor.type();
            }
        }
        return null;
    }

    private static boolean isHalf(DataType type) {
        return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    }

    private void finish() {
        for (int i = 0; i < outputs.length; i++) {
            Tensor computed = outputs[i];
            if (computed != null) {
                Tensor target = outer.output(i, half, computed.shape());
                round(
                        (float[]) computed.storage(),
                        computed.offset(),
                        half,
                        (short[]) target.storage(),
                        target.offset(),
                        target.size());
            }
        }
    }

    @Override
    public Tensor input(int i) {
        Tensor tensor = outer.input(i);
        return isHalf(tensor.type()) ? Tensor.wrap(DataType.FLOAT, tensor.shape(), tensor.toFloatArray(), 0) : tensor;
    }

    @Override
    public OnnxValue value(int i) {
        return outer.value(i) instanceof Tensor ? input(i) : outer.value(i);
    }

    @Override
    public @Nullable Tensor optionalInput(int i) {
        return hasInput(i) ? input(i) : null;
    }

    @Override
    public Tensor output(int i, DataType type, Shape shape) {
        if (type != DataType.FLOAT) {
            return outer.output(i, type, shape);
        }
        Tensor tensor = Tensor.allocate(DataType.FLOAT, shape);
        output(i, tensor);
        return tensor;
    }

    @Override
    public void output(int i, OnnxValue value) {
        if (!hasOutput(i)) {
            return;
        }
        if (value instanceof Tensor tensor && tensor.type() == DataType.FLOAT) {
            outputs[i] = tensor;
        } else {
            outer.output(i, value);
        }
    }

    @Override
    public int inputCount() {
        return outer.inputCount();
    }

    @Override
    public boolean hasInput(int i) {
        return outer.hasInput(i);
    }

    @Override
    public boolean isKept(int i) {
        return outer.isKept(i);
    }

    @Override
    public int outputCount() {
        return outer.outputCount();
    }

    @Override
    public boolean hasOutput(int i) {
        return outer.hasOutput(i);
    }

    @Override
    public @Nullable Object packed() {
        return outer.packed();
    }

    @Override
    public void parallel(int count, long cost, RangeTask task) {
        outer.parallel(count, cost, task);
    }

    @Override
    public Scratch scratch() {
        return outer.scratch();
    }

    @Override
    public int threads() {
        return outer.threads();
    }

    @Override
    public void kernel(String name) {
        outer.kernel(name);
    }

    @Override
    public List<ValueType> subgraphOutputTypes(int subgraph) {
        return outer.subgraphOutputTypes(subgraph);
    }

    @Override
    public List<OnnxValue> runSubgraph(int subgraph, List<OnnxValue> inputs) {
        return outer.runSubgraph(subgraph, inputs);
    }
}
