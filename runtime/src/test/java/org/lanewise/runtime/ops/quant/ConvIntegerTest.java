package org.lanewise.runtime.ops.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class ConvIntegerTest {
    private static final DataType[] TYPES = {DataType.UINT8, DataType.INT8};

    /** One convolution over rows and columns; a sequence has one row. */
    private record Layer(
            int batch,
            int group,
            int in,
            int out,
            int height,
            int width,
            int kernel,
            int stride,
            int dilation,
            int[] pads,
            boolean sequence) {
        static Layer of(Random random) {
            int kernel = 1 + random.nextInt(3);
            int dilation = 1 + random.nextInt(2);
            int group = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
            boolean depthwise = random.nextInt(4) == 0;
            return new Layer(
                    1 + random.nextInt(2),
                    group,
                    depthwise ? 1 : 1 + random.nextInt(9),
                    depthwise ? 1 : 1 + random.nextInt(40),
                    (kernel - 1) * dilation + 1 + random.nextInt(9),
                    (kernel - 1) * dilation + 1 + random.nextInt(20),
                    kernel,
                    1 + random.nextInt(3),
                    dilation,
                    new int[] {random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3)},
                    random.nextInt(4) == 0);
        }

        int tall() {
            return sequence ? 1 : kernel;
        }

        int outHeight() {
            return sequence ? 1 : (height + pads[0] + pads[2] - (kernel - 1) * dilation - 1) / stride + 1;
        }

        int outWidth() {
            return (width + pads[1] + pads[3] - (kernel - 1) * dilation - 1) / stride + 1;
        }

        Shape x() {
            int channels = group * in;
            return sequence ? Shape.of(batch, channels, width) : Shape.of(batch, channels, height, width);
        }

        Shape w() {
            return sequence ? Shape.of(group * out, in, kernel) : Shape.of(group * out, in, kernel, kernel);
        }

        long[] attribute(int value) {
            return sequence ? new long[] {value} : new long[] {value, value};
        }

        long[] padsAttribute() {
            return sequence ? new long[] {pads[1], pads[3]} : new long[] {pads[0], pads[1], pads[2], pads[3]};
        }

        /** The sums, by their definition. */
        int[] sums(Tensor x, int xZero, Tensor w, long[] wZeros) {
            int rows = sequence ? 1 : height;
            int top = sequence ? 0 : pads[0];
            int channels = group * out;
            int[] y = new int[batch * channels * outHeight() * outWidth()];
            for (int i = 0; i < y.length; i++) {
                int ow = i % outWidth();
                int oh = i / outWidth() % outHeight();
                int m = i / outWidth() / outHeight() % channels;
                int n = i / outWidth() / outHeight() / channels;
                for (int tap = 0; tap < in * tall() * kernel; tap++) {
                    int ih = oh * stride - top + tap / kernel % tall() * dilation;
                    int iw = ow * stride - pads[1] + tap % kernel * dilation;
                    if (ih >= 0 && ih < rows && iw >= 0 && iw < width) {
                        int c = m / out * in + tap / kernel / tall();
                        int value = (int) x.getLong(((n * group * in + c) * rows + ih) * width + iw) - xZero;
                        y[i] += value * (int) (w.getLong(m * in * tall() * kernel + tap) - wZeros[m % wZeros.length]);
                    }
                }
            }
            return y;
        }
    }

    private static Tensor bytes(Random random, DataType type, Shape shape) {
        byte[] values = new byte[shape.size()];
        random.nextBytes(values);
        boolean extreme = random.nextInt(4) == 0;
        for (int i = 0; i < values.length && extreme; i++) {
            values[i] = (byte) (values[i] < 0 ? 255 : 128); // -1 and -128, or the largest and the middle
        }
        return new ByteTensor(type, shape, values, 0);
    }

    /** Weights constant (packed once) or not, run once or again with another input and zero point. */
    @Property(tries = 80)
    void sumsAreThoseOfTheDefinition(@ForAll long seed, @ForAll @IntRange(min = 0, max = 3) int types) {
        Random random = new Random(seed);
        Layer layer = Layer.of(random);
        ByteTensor x = (ByteTensor) bytes(random, TYPES[types % 2], layer.x());
        ByteTensor xZero = (ByteTensor) bytes(random, TYPES[types % 2], Shape.scalar());
        Tensor w = bytes(random, TYPES[types / 2], layer.w());
        Tensor wZeros = bytes(
                random,
                TYPES[types / 2],
                random.nextBoolean() ? Shape.scalar() : Shape.of(w.shape().dim(0)));
        for (boolean constant : new boolean[] {true, false}) {
            NodeModel model = NodeModel.of("ConvInteger", 10)
                    .with("group", layer.group)
                    .with("strides", layer.attribute(layer.stride))
                    .with("dilations", layer.attribute(layer.dilation))
                    .with("pads", layer.padsAttribute())
                    .threads(constant ? 1 : 2)
                    .input(x);
            if (constant) {
                model.constant(w).input(xZero).constant(wZeros);
            } else {
                model.input(w).input(xZero).input(wZeros);
            }
            Tensor y = model.runAgain(() -> {
                        random.nextBytes(x.array());
                        random.nextBytes(xZero.array());
                    })
                    .getFirst();
            int[] expected = layer.sums(x, (int) xZero.scalarLong(), w, wZeros.toLongArray());
            assertArrayEquals(expected, y.toIntArray(), layer + " of " + y.shape());
        }
    }

    @Test
    void paddingCountsAsTheZeroPoint() {
        NodeModel model = NodeModel.of("ConvInteger", 10)
                .with("auto_pad", "SAME_UPPER")
                .input(new ByteTensor(DataType.UINT8, Shape.of(1, 1, 1, 3), new byte[] {1, 2, 3}, 0))
                .constant(new ByteTensor(DataType.INT8, Shape.of(1, 1, 1, 2), new byte[] {1, -1}, 0))
                .input(new ByteTensor(DataType.UINT8, Shape.scalar(), new byte[] {1}, 0));
        Tensor y = model.run().getFirst();
        assertEquals(Shape.of(1, 1, 1, 3), y.shape());
        assertArrayEquals(new int[] {-1, -1, 2}, y.toIntArray()); // 0 1 2, and 0 behind them
    }

    @Test
    void aZeroPointForEachPixelIsRefused() {
        NodeModel model = NodeModel.of("ConvInteger", 10)
                .input(new ByteTensor(DataType.UINT8, Shape.of(1, 1, 1, 2), new byte[] {1, 2}, 0))
                .constant(new ByteTensor(DataType.INT8, Shape.of(1, 1, 1, 1), new byte[] {1}, 0))
                .input(new ByteTensor(DataType.UINT8, Shape.of(2), new byte[] {1, 2}, 0));
        assertThrows(InferenceException.class, model::run);
    }
}
