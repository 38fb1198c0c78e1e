package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.resize.ResizeSpec;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Resizes axes by interpolation, to sizes or by scales. ONNX {@code Resize}: scales only in opset 10, which reads the coordinate {@code i / scale}; modes and
 * sizes since 11; axes, antialias and policies that keep the aspect ratio since 18.
 *
 * @param spec how values between pixels are found
 * @param policy what sizes mean
 * @param axes the axes that roi, scales and sizes belong to, {@code null} for all
 * @param legacy whether this is opset 10: input 1 are the scales, and nearest neighbours are taken from below, from above when shrinking
 */
public record Resize(ResizeSpec spec, Policy policy, long @Nullable [] axes, boolean legacy)
        implements Operator, ComputesInFloat, Repeatable {
    /** What sizes mean. */
    public enum Policy {
        /** The sizes are those of the output. */
        STRETCH,
        /** One scale for all axes, such that no size is exceeded. */
        NOT_LARGER,
        /** One scale for all axes, such that every size is reached. */
        NOT_SMALLER
    }

    /** From a node. */
    public static Resize create(NodeSpec node) {
        boolean legacy = node.opset() < 11;
        node.inputs(legacy ? 2 : node.opset() < 13 ? 3 : 1, legacy ? 2 : 4);
        Policy policy = Policy.STRETCH;
        if (node.opset() >= 18) {
            String name = node.stringAttribute("keep_aspect_ratio_policy", "stretch");
            policy = switch (name) {
                case "stretch" -> Policy.STRETCH;
                case "not_larger" -> Policy.NOT_LARGER;
                case "not_smaller" -> Policy.NOT_SMALLER;
                default -> throw node.refuse("keep_aspect_ratio_policy '" + name + "' is not known");
            };
        }
        return new Resize(
                ResizeModes.read(node), policy, node.opset() >= 18 ? node.intsAttribute("axes") : null, legacy);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Resizing.expectType(context.inputType(0), spec);
        PartialShape in = context.inputShape(0);
        Tensor roi = legacy ? null : context.constant(1);
        Tensor scales = context.constant(legacy ? 1 : 2);
        Tensor sizes = legacy ? null : context.constant(3);
        boolean waits = roi == null && needsRoi() && context.hasInput(1)
                || scales == null && context.hasInput(legacy ? 1 : 2)
                || sizes == null && context.hasInput(3);
        if (!in.isRanked() || waits && !(sizes != null && policy == Policy.STRETCH)) {
            context.output(0, context.inputType(0), forgotten(in));
            return;
        }
        if (sizes != null && sizes.size() > 0 && policy == Policy.STRETCH) {
            int[] named = named(in.rank());
            expectCount("sizes", sizes.size(), named.length);
            for (int i = 0; i < named.length; i++) {
                in = in.with(named[i], sizes.getLong(i));
            }
            context.output(0, context.inputType(0), in);
        } else if (in.isKnown()) {
            context.output(
                    0,
                    context.inputType(0),
                    PartialShape.of(plan(in.toShape(), roi, scales, sizes).shape()));
        } else {
            context.output(0, context.inputType(0), forgotten(in));
        }
    }

    private PartialShape forgotten(PartialShape in) {
        if (!in.isRanked()) {
            return in;
        }
        PartialShape out = in;
        for (int axis : named(in.rank())) {
            out = out.with(axis, PartialShape.UNKNOWN);
        }
        return out;
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor roi = legacy ? null : context.optionalInput(1);
        Tensor scales = context.optionalInput(legacy ? 1 : 2);
        Tensor sizes = legacy ? null : context.optionalInput(3);
        Tensor in = context.input(0);
        Plan plan = plan(in.shape(), roi, scales, sizes);
        ResizeSpec used = legacy ? ResizeModes.legacy(spec, plan.scales) : spec;
        Resizing.run(context, in, used, plan.shape(), plan.scales, plan.roi);
    }

    /** The output's dimensions, the scale of every axis, and the region of interest: starts of all axes, then ends. */
    private record Plan(long[] dims, double[] scales, double[] roi) {
        Shape shape() {
            return Shape.of(dims);
        }
    }

    private Plan plan(Shape in, @Nullable Tensor roi, @Nullable Tensor scales, @Nullable Tensor sizes) {
        int rank = in.rank();
        int[] named = named(rank);
        Plan plan = new Plan(in.toLongArray(), new double[rank], new double[2 * rank]);
        Arrays.fill(plan.scales, 1);
        Arrays.fill(plan.roi, rank, 2 * rank, 1);
        if (needsRoi()) {
            if (roi == null || roi.size() != 2 * named.length) {
                throw new IllegalArgumentException(
                        "roi is " + roi + ", expected start and end of " + named.length + " axes");
            }
            for (int i = 0; i < named.length; i++) {
                plan.roi[named[i]] = roi.getDouble(i);
                plan.roi[named[i] + rank] = roi.getDouble(i + named.length);
            }
        }
        boolean scaled = scales != null && scales.size() > 0;
        if (sizes != null && sizes.size() > 0 && !scaled) {
            bySizes(in, named, sizes, plan);
        } else if (scales != null && scaled && (sizes == null || sizes.size() == 0)) {
            byScales(in, named, scales, plan);
        } else {
            throw new IllegalArgumentException("expected either scales or sizes, got " + (scaled ? "both" : "none"));
        }
        return plan;
    }

    private static void byScales(Shape in, int[] named, Tensor scales, Plan plan) {
        expectCount("scales", scales.size(), named.length);
        int rank = in.rank();
        for (int i = 0; i < named.length; i++) {
            int axis = named[i];
            plan.scales[axis] = scales.getDouble(i);
            if (!(plan.scales[axis] > 0)) {
                throw new IllegalArgumentException(
                        "scale of axis " + axis + " is " + plan.scales[axis] + ", expected more than 0");
            }
            // In single precision, as the scales are: 10 * 0.7f is 7, not a bit less.
            float part = (float) (plan.roi[axis + rank] - plan.roi[axis]);
            plan.dims[axis] = (long) Math.floor(in.dim(axis) * part * (float) plan.scales[axis]);
        }
    }

    private void bySizes(Shape in, int[] named, Tensor sizes, Plan plan) {
        expectCount("sizes", sizes.size(), named.length);
        double scale = policy == Policy.NOT_SMALLER ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < named.length; i++) {
            double own = (double) sizes.getLong(i) / in.dim(named[i]);
            plan.dims[named[i]] = sizes.getLong(i);
            plan.scales[named[i]] = own;
            scale = policy == Policy.NOT_SMALLER ? Math.max(scale, own) : Math.min(scale, own);
        }
        for (int i = 0; i < named.length && policy != Policy.STRETCH; i++) {
            plan.scales[named[i]] = scale;
            plan.dims[named[i]] = (long) Math.floor(scale * in.dim(named[i]) + 0.5);
        }
    }

    private boolean needsRoi() {
        return spec.coordinates() == ResizeSpec.Coordinates.TF_CROP_AND_RESIZE;
    }

    private int[] named(int rank) {
        return axes == null ? Axes.all(rank) : Axes.of(axes, rank);
    }

    private static void expectCount(String what, int got, int expected) {
        if (got != expected) {
            throw new IllegalArgumentException(
                    what + " has " + got + " values, expected one for each of " + expected + " axes");
        }
    }
}
