package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WinogradNhwc;
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
    private volatile @Nullable ConvLayer plain;
    private volatile @Nullable ConvLayer two;
    private volatile @Nullable ConvLayer four;

    private ChosenConvLayer(Shape weightShape, ConvRunner runner, FloatTensor weights, @Nullable FloatTensor bias) {
        super(weightShape);
        this.weightShape = weightShape;
        this.weights = weights;
        this.bias = bias;
        this.runner = runner;
    }

    /**
     * Prepares weights of shape {@code (M, C/group, KH, KW)}. The arrays may be kept and must not change.
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
        return declared == null ? layer : layer.made(WinogradNhwc.bestTile(declared));
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        form(WinogradNhwc.bestTile(g)).run(context, g, x, y, residual);
    }

    private ConvLayer form(int tile) {
        ConvLayer known = known(tile);
        if (known != null) {
            return known;
        }
        synchronized (weights) {
            ConvLayer layer = known(tile);
            if (layer == null) {
                layer = made(tile);
                switch (tile) {
                    case 0 -> plain = layer;
                    case 2 -> two = layer;
                    default -> four = layer;
                }
            }
            return layer;
        }
    }

    private @Nullable ConvLayer known(int tile) {
        return switch (tile) {
            case 0 -> plain;
            case 2 -> two;
            default -> four;
        };
    }

    private ConvLayer made(int tile) {
        if (tile == 0) {
            return ConvLayer.of(weightShape, runner, weights, bias);
        }
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
}
