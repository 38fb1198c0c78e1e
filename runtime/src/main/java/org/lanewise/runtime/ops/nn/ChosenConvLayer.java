package org.lanewise.runtime.ops.nn;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.SparseConvNhwc;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/**
 * A channels-last convolution whose image size is not declared: the fastest form of it is chosen for each size that comes, and packed when it is
 * wanted first. The weights as they are in the model stay, and every form that was used; a model that declares its sizes keeps one form only.
 */
final class ChosenConvLayer extends ConvLayer {
    private final Shape weightShape;
    private final FloatTensor weights;
    private final @Nullable FloatTensor bias;
    private final ConvRunner runner;
    private final Map<Form, ConvLayer> made = new EnumMap<>(Form.class);
    private volatile @Nullable Chosen last;

    private enum Form {
        PLAIN,
        TWO,
        FOUR,
        SPARSE
    }

    private record Chosen(ConvGeometry geometry, ConvLayer layer) {}

    private ChosenConvLayer(Shape weightShape, ConvRunner runner, FloatTensor weights, @Nullable FloatTensor bias) {
        super(weightShape);
        this.weightShape = weightShape;
        this.weights = weights;
        this.bias = bias;
        this.runner = runner;
    }

    /**
     * Prepares weights of shape {@code (M, C/group, K1..Kr)}. The arrays may be kept and must not change.
     *
     * @param declared the sizes if the model declares them: then the form is chosen now
     */
    static ConvLayer of(
            Shape weightShape,
            ConvRunner runner,
            FloatTensor weights,
            @Nullable FloatTensor bias,
            @Nullable ConvGeometry declared) {
        ChosenConvLayer layer = new ChosenConvLayer(weightShape, runner, weights, bias);
        return declared == null ? layer : layer.chosen(declared);
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        Chosen known = last;
        if (known == null || !known.geometry.equals(g)) {
            known = new Chosen(g, chosen(g));
            last = known;
        }
        known.layer.run(context, g, x, y, residual);
    }

    private ConvLayer chosen(ConvGeometry g) {
        synchronized (made) {
            boolean planar = runner.form().planarInput() || runner.form().planarOutput();
            if (planar && runner.form().sparse() != null) {
                return layer(Form.SPARSE);
            }
            boolean winograd = runner.form().winograd();
            if (runner.form().sparse() != null
                    && layer(Form.SPARSE) instanceof SparseConvLayer sparse
                    && DenseCost.convolution(g, winograd) >= SparseMatrix.LEAST_GAIN * sparse.nanos(g)) {
                return sparse;
            }
            return layer(
                    switch (winograd && !ConvNhwc.beatsWinograd(g) ? WinogradNhwc.bestTile(g) : 0) {
                        case 0 -> Form.PLAIN;
                        case 2 -> Form.TWO;
                        default -> Form.FOUR;
                    });
        }
    }

    private ConvLayer layer(Form form) {
        return made.computeIfAbsent(form, absent -> switch (absent) {
            case PLAIN -> ConvLayer.of(weightShape, runner, weights, bias);
            case TWO -> winograd(2);
            case FOUR -> winograd(4);
            case SPARSE -> sparse(weightShape, runner, weights, bias);
        });
    }

    private ConvLayer winograd(int tile) {
        return new WinogradConvLayer(
                weightShape,
                new WinogradNhwc(
                        runner.smallest(weightShape),
                        tile,
                        weights.array(),
                        weights.offset(),
                        bias == null ? null : bias.array(),
                        bias == null ? 0 : bias.offset(),
                        runner.activation()));
    }

    /** The layer without its zeros, in the form of {@link ConvForm#sparse}. */
    private static ConvLayer sparse(
            Shape weightShape, ConvRunner runner, FloatTensor weights, @Nullable FloatTensor bias) {
        SparseForm form = runner.form().sparse();
        return new SparseConvLayer(
                weightShape,
                new SparseConvNhwc(
                        runner.smallest(weightShape),
                        weights.array(),
                        weights.offset(),
                        bias == null ? null : bias.array(),
                        bias == null ? 0 : bias.offset(),
                        runner.activation(),
                        form == null ? SparseForm.LISTS : form,
                        runner.form().planarInput(),
                        runner.form().planarOutput()));
    }
}
