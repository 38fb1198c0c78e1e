package org.lanewise.quantization.prune;

import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/**
 * The rows that a layer multiplies its weights with: of a product those of its input, of a convolution the patches of its input (im2col), in the order (tap, input channel) with zeros where they reach into the padding. Of the
 * many there are, some are taken, evenly spread.
 */
final class Patches {
    /** Where the first of a sample is moves on by this share of a step, so that samples are not all seen at the same places. */
    private static final double SHIFT = 0.6180339887498949;

    private final WeightLayer layer;
    private final int group;
    private long samples;

    /** Of the channels that {@code group} reads. */
    Patches(WeightLayer layer, int group) {
        this.layer = layer;
        this.group = group;
    }

    /** What is done with a row. */
    interface Action {
        /**
         * For the K values from {@code from} on.
         *
         * @param output where the first output channel of the group for this row is in a tensor of outputs
         */
        void accept(float[] values, int from, int output);
    }

    /** Calls {@code action} for at most {@code most} rows of {@code x}, of {@code columns} values each. */
    void forEach(FloatTensor x, int most, int columns, Action action) {
        double shift = samples++ * SHIFT % 1;
        if (layer.isConvolution()) {
            convolution(x, most, shift, columns, action);
            return;
        }
        int count = x.size() / columns;
        int taken = Math.min(count, most);
        for (int i = 0; i < taken; i++) {
            int row = place(i, shift, count, taken);
            action.accept(x.array(), x.offset() + row * columns, row * layer.outputs());
        }
    }

    /** How far apart neighbouring output channels are in a tensor of outputs for {@code x}. */
    int outputStep(FloatTensor x) {
        return layer.isConvolution()
                ? Window.of(layer.node(), layer.shape(), x.shape()).places()
                : 1;
    }

    private static int place(int i, double shift, int count, int taken) {
        return (int) Math.min(count - 1, (i + shift) * count / taken);
    }

    private void convolution(FloatTensor x, int most, double shift, int columns, Action action) {
        Shape shape = x.shape();
        Window window = Window.of(layer.node(), layer.shape(), shape);
        int places = window.places();
        int count = shape.dim(0) * places;
        int taken = Math.min(count, most);
        float[] patch = new float[columns];
        for (int i = 0; i < taken; i++) {
            int place = place(i, shift, count, taken);
            window.read(
                    x,
                    place / places,
                    group * layer.shape().dim(1),
                    layer.shape().dim(1),
                    place % places,
                    patch);
            int channel = place / places * layer.outputs() + group * (layer.outputs() / layer.group());
            action.accept(patch, 0, channel * places + place % places);
        }
    }

    /** A convolution's window over an input of these spatial sizes; all arrays have an element for each spatial axis. */
    record Window(int[] sizes, int[] kernel, int[] strides, int[] dilations, int[] begins, int[] outputs) {
        /** Of a {@code Conv} with weights (O, C / group, kernel ...) over x (N, C, sizes ...). */
        static Window of(Node node, Shape weights, Shape x) {
            int axes = weights.rank() - 2;
            long[] strides = node.intsAttribute("strides");
            long[] dilations = node.intsAttribute("dilations");
            long[] pads = node.intsAttribute("pads");
            String auto = node.stringAttribute("auto_pad", "NOTSET");
            Window window = new Window(
                    new int[axes], new int[axes], new int[axes], new int[axes], new int[axes], new int[axes]);
            for (int i = 0; i < axes; i++) {
                int size = x.dim(2 + i);
                int stride = strides == null ? 1 : (int) strides[i];
                int dilation = dilations == null ? 1 : (int) dilations[i];
                int extent = (weights.dim(2 + i) - 1) * dilation + 1;
                int begin = pads == null ? 0 : (int) pads[i];
                int end = pads == null ? 0 : (int) pads[axes + i];
                if (auto.startsWith("SAME")) {
                    int all = Math.max(0, ((size + stride - 1) / stride - 1) * stride + extent - size);
                    begin = auto.equals("SAME_LOWER") ? (all + 1) / 2 : all / 2;
                    end = all - begin;
                } else if (auto.equals("VALID")) {
                    begin = 0;
                    end = 0;
                }
                window.sizes[i] = size;
                window.kernel[i] = weights.dim(2 + i);
                window.strides[i] = stride;
                window.dilations[i] = dilation;
                window.begins[i] = begin;
                window.outputs[i] = Math.max(0, (size + begin + end - extent) / stride + 1);
            }
            return window;
        }

        /** Where the window can be: elements of a channel of the output. */
        int places() {
            return product(outputs);
        }

        private static int product(int[] factors) {
            int product = 1;
            for (int factor : factors) {
                product *= factor;
            }
            return product;
        }

        /** Reads what the window sees at {@code place} of {@code channels} channels, tap by tap. */
        void read(FloatTensor x, int image, int channel, int channels, int place, float[] patch) {
            int plane = product(sizes);
            int first = x.offset() + (image * x.shape().dim(1) + channel) * plane;
            int taps = product(kernel);
            for (int tap = 0; tap < taps; tap++) {
                int at = position(place, tap);
                for (int c = 0; c < channels; c++) {
                    patch[tap * channels + c] = at < 0 ? 0 : x.array()[first + c * plane + at];
                }
            }
        }

        /** The element of a plane that {@code tap} sees, -1 in the padding. */
        private int position(int place, int tap) {
            int position = 0;
            int step = 1;
            int restPlace = place;
            int restTap = tap;
            for (int i = sizes.length - 1; i >= 0; i--) {
                int at = restPlace % outputs[i] * strides[i] - begins[i] + restTap % kernel[i] * dilations[i];
                if (at < 0 || at >= sizes[i]) {
                    return -1;
                }
                position += at * step;
                step *= sizes[i];
                restPlace /= outputs[i];
                restTap /= kernel[i];
            }
            return position;
        }
    }
}
