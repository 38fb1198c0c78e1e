package org.lanewise.runtime.ops.math;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Tensor;

/**
 * In inference {@code y = x} and the mask, the second output, is all ones. ONNX {@code Dropout}-1, 6, 7, 10, 12, 13, 22; the mask is {@code BOOL} since 10, of the type of x before.
 *
 * @param maskType type of the mask, {@code null} for that of x
 */
public record Dropout(@Nullable DataType maskType) implements Operator, Views {
    /** From a node: this, or a {@link Training} operator where the node can drop something. */
    public static Operator create(NodeSpec spec) {
        DataType mask = spec.opset() >= 10 ? DataType.BOOL : null;
        if (spec.opset() >= 12) {
            spec.inputs(1, 3);
            long seed = spec.intAttribute("seed", 0);
            boolean seeded = spec.has("seed");
            boolean maybe = spec.inputCount() > 2 && spec.hasInput(2);
            return maybe ? new Training(mask, seeded ? seed : null, Float.NaN) : new Dropout(mask);
        }
        Unary.read(spec);
        float ratio = spec.floatAttribute("ratio", 0.5f);
        boolean trains = spec.opset() < 7 && !spec.flag("is_test", false);
        return trains ? new Training(mask, null, ratio) : new Dropout(mask);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.ANY_FLOATING);
        context.output(0, type, context.inputShape(0));
        context.output(1, maskType == null ? type : maskType, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        context.output(0, x);
        if (context.hasOutput(1)) {
            fillMask(context, x, maskType);
        }
    }

    private static Tensor fillMask(OpContext context, Tensor x, @Nullable DataType maskType) {
        Tensor mask = context.output(1, maskType == null ? x.type() : maskType, x.shape());
        double[] one = {1};
        for (int i = 0; i < mask.size(); i++) {
            Elements.write(one, mask, i, 1);
        }
        return mask;
    }

    /**
     * In training {@code y = x mask / (1 - ratio)}, where an element of the mask is 0 with probability {@code ratio}; as inference where the training input is false.
     *
     * @param maskType type of the mask, {@code null} for that of x
     * @param seed of the random numbers, {@code null} for another one in every run
     * @param fixedRatio the ratio of opset 11 and older, NaN where it is an input
     */
    public record Training(
            @Nullable DataType maskType, @Nullable Long seed, float fixedRatio) implements Operator, NonDeterministic {
        private static final double DEFAULT_RATIO = 0.5;

        @Override
        public void inferShapes(ShapeContext context) {
            DataType type = Types.check(context, 0, Types.ANY_FLOATING);
            if (context.hasInput(1)) {
                Types.check(context, 1, Types.ANY_FLOATING);
            }
            if (context.hasInput(2)) {
                Types.check(context, 2, Types.BOOLEAN);
            }
            context.output(0, type, context.inputShape(0));
            context.output(1, maskType == null ? type : maskType, context.inputShape(0));
        }

        @Override
        public void run(OpContext context) {
            Tensor x = context.input(0);
            Tensor y = context.output(0, x.type(), x.shape());
            Tensor mask = fillMask(context, x, maskType);
            double ratio = ratio(context);
            if (ratio == 0) {
                y.copyFrom(0, x, 0, x.size());
                return;
            }
            SplittableRandom random = seed == null ? new SplittableRandom() : new SplittableRandom(seed);
            double[] value = new double[1];
            double[] zero = new double[1];
            for (int i = 0; i < x.size(); i++) {
                boolean dropped = random.nextDouble() < ratio;
                value[0] = dropped ? 0 : x.getDouble(i) / (1 - ratio);
                Elements.write(value, y, i, 1);
                if (dropped) {
                    Elements.write(zero, mask, i, 1);
                }
            }
        }

        private double ratio(OpContext context) {
            if (!Float.isNaN(fixedRatio)) {
                return fixedRatio;
            }
            if (context.input(2).scalarLong() == 0) {
                return 0;
            }
            Tensor ratio = context.optionalInput(1);
            double value = ratio == null ? DEFAULT_RATIO : ratio.scalarDouble();
            if (!(value >= 0 && value < 1)) {
                throw new IllegalArgumentException("ratio is " + value + ", expected at least 0 and below 1");
            }
            return value;
        }
    }
}
