package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** GroupNorm and SkipGroupNorm of com.microsoft against plain loops. */
class ImageGroupsTest {
    private final Random random = new Random(3);

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat(-2, 3);
        }
        return values;
    }

    @Property(tries = 100)
    void agreesWithPlainLoops(@ForAll boolean last, @ForAll boolean silu, @ForAll boolean skips, @ForAll long seed) {
        random.setSeed(seed);
        int images = 1 + random.nextInt(2);
        int height = 1 + random.nextInt(4);
        int width = 1 + random.nextInt(5);
        int groups = 1 + random.nextInt(3);
        int channels = groups * (1 + random.nextInt(20));
        int area = height * width;
        float[] x = values(images * channels * area);
        float[] gamma = values(channels);
        float[] beta = values(channels);
        int form = random.nextInt(3);
        float[] skip = values(form == 0 ? x.length : images * channels);
        float[] bias = random.nextBoolean() ? values(channels) : null;
        int[] dims = last ? new int[] {images, height, width, channels} : new int[] {images, channels, height, width};
        NodeModel model = NodeModel.contrib(skips ? "SkipGroupNorm" : "GroupNorm")
                .with("groups", groups)
                .with("activation", silu ? 1 : 0)
                .with("channels_last", last ? 1 : 0)
                .with("epsilon", 1e-3f)
                .threads(1 + random.nextInt(2))
                .outputs(skips ? 2 : 1)
                .input(Tensor.of(x, dims))
                .constant(Tensor.of(gamma))
                .constant(Tensor.of(beta));
        double[] sum = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = last ? i % channels : i / area % channels;
            int image = i / (channels * area);
            sum[i] = x[i];
            if (skips) {
                sum[i] += skip[form == 0 ? i : image * channels + c] + (bias == null ? 0 : bias[c]);
            }
        }
        if (skips) {
            int[] ones = last ? new int[] {images, 1, 1, channels} : new int[] {images, channels, 1, 1};
            model.input(Tensor.of(skip, form == 0 ? dims : form == 1 ? new int[] {images, channels} : ones));
            if (bias != null) {
                model.constant(Tensor.of(bias));
            }
        }
        List<Tensor> out = model.run();
        double[] mean = new double[images * groups];
        double[] square = new double[images * groups];
        int perGroup = channels / groups;
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < x.length; i++) {
                int c = last ? i % channels : i / area % channels;
                int g = i / (channels * area) * groups + c / perGroup;
                double d = sum[i] - mean[g] * pass;
                (pass == 0 ? mean : square)[g] += (pass == 0 ? sum[i] : d * d) / (perGroup * area);
            }
        }
        for (int i = 0; i < x.length; i++) {
            int c = last ? i % channels : i / area % channels;
            int g = i / (channels * area) * groups + c / perGroup;
            double y = (sum[i] - mean[g]) / Math.sqrt(square[g] + 1e-3) * gamma[c] + beta[c];
            y = silu ? y / (1 + Math.exp(-y)) : y;
            assertEquals(y, out.getFirst().getDouble(i), 1e-4);
            if (skips) {
                assertEquals(sum[i], out.get(1).getDouble(i), 1e-5);
            }
        }
    }

    @Test
    void halfPrecisionMayHaveParametersInFloat() {
        short[] x = new short[4];
        for (int i = 0; i < 4; i++) {
            x[i] = Float.floatToFloat16(i);
        }
        Tensor y = NodeModel.contrib("GroupNorm")
                .with("groups", 1)
                .with("activation", 0)
                .input(Tensor.wrap(DataType.FLOAT16, Shape.of(1, 2, 2, 1), x, 0))
                .constant(Tensor.of(new float[] {2}))
                .constant(Tensor.of(new float[] {1}))
                .run()
                .getFirst();
        assertEquals(DataType.FLOAT16, y.type());
        double step = 2 / Math.sqrt(1.25);
        assertArrayEquals(
                new float[] {
                    (float) (1 - 1.5 * step),
                    (float) (1 - 0.5 * step),
                    (float) (1 + 0.5 * step),
                    (float) (1 + 1.5 * step)
                },
                y.toFloatArray(),
                2e-3f);
    }

    private static NodeModel skip(int groups, int activation, Tensor skip) {
        return NodeModel.contrib("SkipGroupNorm")
                .with("groups", groups)
                .with("activation", activation)
                .input(Tensor.of(new float[8], 1, 2, 2, 2))
                .input(Tensor.of(new float[2]))
                .input(Tensor.of(new float[2]))
                .input(skip);
    }

    private static void fails(String expected, NodeModel model) {
        String message = assertThrows(InferenceException.class, model::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void saysWhatIsWrong() {
        Tensor like = Tensor.of(new float[8], 1, 2, 2, 2);
        fails("2 channels cannot be split into 3 groups", skip(3, 0, like));
        fails("activation 2", skip(1, 2, like));
        fails("skip has shape [4]", skip(1, 0, Tensor.of(new float[4])));
        fails("bias has shape [3]", skip(1, 0, like).input(Tensor.of(new float[3])));
    }
}
