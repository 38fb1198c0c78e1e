package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.pool.PoolGeometry;
import org.lanewise.kernels.quant.QuantizedAveragePool;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.PoolRunner;
import org.lanewise.runtime.ops.nn.WindowAttributes;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/**
 * Mean of each window of a quantized tensor of one to three spatial axes, {@code UINT8} or {@code INT8}, channels first or last. {@link QuantizedAveragePool} has the formula. {@code com.microsoft.QLinearAveragePool}-1.
 *
 * @param runner the window, which tells where the channels are
 * @param includePad whether the padding counts as values ({@code count_include_pad})
 */
public record QLinearAveragePool(PoolRunner runner, boolean includePad) implements Operator, Repeatable {
    private static final int Y_SCALE = 3;

    /** From a node. */
    public static QLinearAveragePool create(NodeSpec spec) {
        Checks.inputs(spec, 4, 5, 2);
        WindowAttributes window = WindowAttributes.read(spec, false);
        if (window.kernel().length == 0) {
            throw spec.refuse("required attribute 'kernel_shape' is missing");
        }
        return new QLinearAveragePool(
                new PoolRunner(window, spec.flag("ceil_mode", false), spec.flag("channels_last", false)),
                spec.flag("count_include_pad", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        PerTensor.check(context, 1, 2, type);
        PerTensor.check(context, Y_SCALE, Y_SCALE + 1, type);
        context.output(0, type, runner.infer(context.inputShape(0)));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        boolean last = runner.channelsLast();
        PoolGeometry g = new PoolRunner(runner.window(), runner.ceil(), false)
                .geometry(last ? moved(x.shape(), x.shape().rank() - 1, 1) : x.shape());
        Shape planes = Shape.of(g.outputShape());
        ByteTensor y = (ByteTensor) context.output(0, x.type(), last ? moved(planes, 1, planes.rank() - 1) : planes);
        PerTensor in = PerTensor.read(context, 1, 2);
        PerTensor out = PerTensor.read(context, Y_SCALE, Y_SCALE + 1);
        boolean unsigned = x.type().isUnsigned();
        QuantizedAveragePool pool =
                new QuantizedAveragePool(in.values(unsigned), out.scale(), out.zero(), unsigned, includePad, last);
        context.kernel(last ? "byte averagepool-nhwc" : "byte averagepool-nchw");
        context.parallel(g.planes(), 1 + runner.cost(g.outputPixels(), 1), (from, to, scratch) -> {
            pool.run(g, x.array(), x.offset(), y.array(), y.offset(), from, to);
        });
    }

    /** {@code shape} with dimension {@code from} moved to {@code to}. */
    private static Shape moved(Shape shape, int from, int to) {
        int[] dims = shape.toArray();
        int dim = dims[from];
        int step = from < to ? 1 : -1;
        for (int i = from; i != to; i += step) {
            dims[i] = dims[i + step];
        }
        dims[to] = dim;
        return Shape.of(dims);
    }
}
