package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.PackedBlockwiseB;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.BlockwiseProduct;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What {@link MoE} and {@link QMoE} share: a row of x (..., H) goes to the k experts of the greatest router products, each {@code f(x W1' + b1) W2' + b2}, and gets their sum weighted by the softmax of the products.
 *
 * @param k experts of a row
 * @param function f
 * @param alpha of the sigmoid in {@link Function#SWIGLU}
 * @param beta is added to its linear part
 * @param limit bounds both of its parts
 * @param normalize whether the weights of a row are made to sum to 1
 */
record Experts(int k, Function function, float alpha, float beta, float limit, boolean normalize) {
    /** {@code SWIGLU} takes pairs (g, l): {@code min(g, limit) / (1 + e^(-alpha g)) (clamp(l) + beta)}. */
    enum Function {
        RELU,
        GELU,
        SILU,
        SWIGLU,
        IDENTITY
    }

    static Experts create(NodeSpec spec) {
        long k = spec.intAttribute("k", 1);
        if (k < 1 || k > Integer.MAX_VALUE) {
            throw spec.refuse("k is " + k + ", expected at least 1");
        }
        Checks.off(spec, "use_sparse_mixer");
        String name = spec.stringAttribute("activation_type", "relu");
        Function function = switch (name) {
            case "relu" -> Function.RELU;
            case "gelu" -> Function.GELU;
            case "silu" -> Function.SILU;
            case "swiglu" -> Function.SWIGLU;
            case "identity" -> Function.IDENTITY;
            default ->
                throw spec.refuse("activation_type is " + name + ", expected relu, gelu, silu, swiglu or identity");
        };
        long fusion = spec.intAttribute("swiglu_fusion", 0);
        if (fusion != (function == Function.SWIGLU ? 1 : 0)) {
            throw spec.refuse("swiglu_fusion of " + fusion + " with activation_type " + name
                    + " is not supported: only 1 with swiglu and 0 with the others are");
        }
        return new Experts(
                (int) k,
                function,
                spec.floatAttribute("activation_alpha", 1),
                spec.floatAttribute("activation_beta", 0),
                spec.floatAttribute("swiglu_limit", Float.POSITIVE_INFINITY),
                spec.flag("normalize_routing_weights", false));
    }

    /** Refuses a third layer. */
    static void refuseThird(NodeSpec spec, int... inputs) {
        for (int i : inputs) {
            if (spec.hasInput(i)) {
                throw spec.refuse("input " + i + ", a part of fc3, is not supported");
            }
        }
    }

    /** Rows of W1 for one value that goes into W2. */
    int fused() {
        return function == Function.SWIGLU ? 2 : 1;
    }

    /** Checks the types of x and the router; the output is like x. */
    void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        Types.same(context, 1, 0);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 2 && x.rank() != 3) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected rank 2 or 3");
        }
        context.output(0, type, x);
    }

    /**
     * One layer of one expert.
     *
     * @param floats weights in fp32, or {@code null}
     * @param blockwise weights in their bits, or {@code null}
     */
    record Layer(@Nullable PackedB floats, @Nullable PackedBlockwiseB blockwise, float @Nullable [] bias) {
        void run(OpContext context, FloatTensor a, int rows, FloatTensor y) {
            if (blockwise != null) {
                BlockwiseProduct.run(context, a, rows, blockwise, y, bias);
            } else if (floats != null) {
                Epilogue epilogue = bias == null
                        ? Epilogue.NONE
                        : Epilogue.biasPerColumn(bias, new Activation(Activation.Kind.NONE, 0, 0));
                FloatProduct.run(context, a, rows, floats, y, null, epilogue);
            }
        }
    }

    /** All experts: (H to inner values) and back. */
    record Weights(Layer[] first, Layer[] second) {}

    /** The bias of an expert, of (experts, n). */
    static float @Nullable [] bias(@Nullable Tensor bias, int experts, int expert, int n) {
        if (bias == null) {
            return null;
        }
        if (bias.size() != experts * n) {
            throw new IllegalArgumentException(
                    "a bias has shape " + bias.shape() + ", expected [" + experts + "," + n + "]");
        }
        return Arrays.copyOfRange(bias.toFloatArray(), expert * n, (expert + 1) * n);
    }

    /** Where the rows go: the experts of row i, from i k on, and their shares. */
    record Routes(int[] expert, float[] share) {}

    /**
     * Routes by the products of the router, (rows, experts).
     *
     * @param overChosen whether the softmax is over the chosen experts only
     * @param given shares to take instead, (rows, experts), or {@code null}
     */
    Routes routes(Tensor router, int rows, boolean overChosen, @Nullable Tensor given) {
        Shape shape = router.shape();
        if (shape.rank() != 2 || shape.dim(0) != rows || shape.dim(1) < k) {
            throw new IllegalArgumentException(
                    "router_probs has shape " + shape + ", expected [" + rows + ",experts] with at least " + k);
        }
        if (given != null && !given.shape().equals(shape)) {
            throw new IllegalArgumentException("router_weights has shape " + given.shape() + ", expected " + shape);
        }
        int experts = shape.dim(1);
        float[] products = router.toFloatArray();
        Routes routes = new Routes(new int[rows * k], new float[rows * k]);
        for (int row = 0; row < rows; row++) {
            int at = row * experts;
            choose(products, at, experts, routes.expert, row * k);
            double max = products[at + routes.expert[row * k]];
            double all = 0;
            for (int e = 0; e < experts; e++) {
                all += Math.exp(products[at + e] - max);
            }
            double chosen = 0;
            for (int i = row * k; i < row * k + k; i++) {
                int from = at + routes.expert[i];
                routes.share[i] = given == null
                        ? (float) (Math.exp(products[from] - max) / (overChosen ? 1 : all))
                        : (float) given.getDouble(from);
                chosen += routes.share[i];
            }
            for (int i = row * k; (normalize || overChosen && given == null) && i < row * k + k; i++) {
                routes.share[i] = chosen == 0 ? 0 : (float) (routes.share[i] / chosen);
            }
        }
        return routes;
    }

    /** The k greatest in descending order, of equal ones the last. */
    private void choose(float[] products, int at, int experts, int[] chosen, int to) {
        boolean[] taken = new boolean[experts];
        for (int i = 0; i < k; i++) {
            int best = -1;
            for (int e = 0; e < experts; e++) {
                best = !taken[e] && (best < 0 || products[at + e] >= products[at + best]) ? e : best;
            }
            taken[best] = true;
            chosen[to + i] = best;
        }
    }

    /** Runs the experts one after the other, each on the rows that go to it. */
    void run(OpContext context, FloatTensor x, Routes routes, Weights weights, int inner) {
        int hidden = x.shape().dim(-1);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, x.shape());
        float[] sum = y.array();
        Arrays.fill(sum, y.offset(), y.offset() + y.size(), 0);
        for (int e = 0; e < weights.first.length; e++) {
            int[] mine = places(routes.expert, e);
            if (mine.length == 0) {
                continue;
            }
            FloatTensor rows = floats(mine.length, hidden);
            for (int i = 0; i < mine.length; i++) {
                System.arraycopy(x.array(), x.offset() + mine[i] / k * hidden, rows.array(), i * hidden, hidden);
            }
            FloatTensor wide = floats(mine.length, inner * fused());
            weights.first[e].run(context, rows, mine.length, wide);
            FloatTensor narrow = function == Function.SWIGLU ? floats(mine.length, inner) : wide;
            context.parallel(mine.length, 1 + 2L * inner, (from, to, scratch) -> {
                apply(wide.array(), from * inner * fused(), narrow.array(), from * inner, (to - from) * inner);
            });
            weights.second[e].run(context, narrow, mine.length, rows);
            for (int i = 0; i < mine.length; i++) {
                float share = routes.share[mine[i]];
                int to = y.offset() + mine[i] / k * hidden;
                for (int c = 0; c < hidden; c++) {
                    sum[to + c] += share * rows.array()[i * hidden + c];
                }
            }
        }
    }

    private static FloatTensor floats(int rows, int columns) {
        return Tensor.of(new float[rows * columns], rows, columns);
    }

    private static int[] places(int[] expert, int e) {
        int count = 0;
        for (int value : expert) {
            count += value == e ? 1 : 0;
        }
        int[] places = new int[count];
        for (int i = expert.length - 1; i >= 0; i--) {
            if (expert[i] == e) {
                places[--count] = i;
            }
        }
        return places;
    }

    private void apply(float[] x, int at, float[] y, int to, int n) {
        switch (function) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    y[to + i] = Math.max(0, x[at + i]);
                }
            }
            case GELU -> FloatActivations.geluTanh(x, at, y, to, n);
            case SILU -> FloatActivations.swish(x, at, y, to, n, 1);
            case SWIGLU -> {
                for (int i = 0; i < n; i++) {
                    y[to + i] = Math.min(x[at + 2 * i], limit);
                }
                FloatActivations.swish(y, to, y, to, n, alpha);
                for (int i = 0; i < n; i++) {
                    y[to + i] *= Math.clamp(x[at + 2 * i + 1], -limit, limit) + beta;
                }
            }
            case IDENTITY -> {}
        }
    }
}
