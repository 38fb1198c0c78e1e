package org.lanewise.quantization;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Images and variants of them: samples as they are, then with {@code flip} all of them mirrored, then with {@code shift} each twice, moved by up to a tenth of its sides in both directions, at random, and mirrored or not where they may be
 * mirrored. What comes in at the border repeats it. The random numbers are the same in every pass.
 *
 * <p>Images are the inputs of type float with axes (N, C, H, W) or (N, H, W, C), of up to four channels, or (N, H, W). {@link #labels()} are those of the samples as they are, which come first.
 *
 * @param data the samples
 * @param flip whether they may be mirrored
 * @param shift whether they may be moved
 */
public record AugmentedImages(CalibrationData data, boolean flip, boolean shift) implements CalibrationData {
    private static final int SHIFTED = 2;
    private static final int MOST_CHANNELS = 4;
    private static final int SHARE = 10;

    @Override
    public long size() {
        return data.size() * (1 + (flip ? 1 : 0) + (shift ? SHIFTED : 0));
    }

    @Override
    public long originals() {
        return data.originals();
    }

    @Override
    public List<Integer> labels() {
        return data.labels();
    }

    @Override
    public void forEach(long limit, Consumer<Map<String, OnnxValue>> action) {
        data.forEach(limit, action);
        long left = limit - data.size();
        if (flip && left > 0) {
            data.forEach(left, sample -> action.accept(changed(sample, true, 0, 0)));
            left -= data.size();
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int copy = 0; shift && copy < SHIFTED && left > 0; copy++) {
            data.forEach(left, sample -> {
                boolean mirrored = random.nextInt(2) == 1 && flip;
                double down = 2 * random.nextDouble() - 1;
                double right = 2 * random.nextDouble() - 1;
                action.accept(changed(sample, mirrored, down, right));
            });
            left -= data.size();
        }
    }

    /** A sample with all its images changed in the same way, moved by shares of the greatest distance. */
    private static Map<String, OnnxValue> changed(
            Map<String, OnnxValue> sample, boolean mirrored, double down, double right) {
        Map<String, OnnxValue> result = new LinkedHashMap<>(sample);
        boolean any = false;
        for (Map.Entry<String, OnnxValue> input : sample.entrySet()) {
            if (input.getValue() instanceof FloatTensor x && heightAxis(x.shape()) > 0) {
                result.put(input.getKey(), changed(x, mirrored, down, right));
                any = true;
            }
        }
        if (!any) {
            throw new QuantizationException("no input is an image: augmentation is for float inputs with axes"
                    + " (N, C, H, W) or (N, H, W, C), C up to " + MOST_CHANNELS + ", or (N, H, W)");
        }
        return result;
    }

    /** The axis of rows of pixels, 0 if there is none. */
    private static int heightAxis(Shape shape) {
        if (shape.rank() == 3) {
            return 1;
        }
        boolean last = shape.rank() == 4 && shape.dim(3) <= MOST_CHANNELS;
        boolean second = shape.rank() == 4 && shape.dim(1) <= MOST_CHANNELS;
        return last ? 1 : second ? 2 : 0;
    }

    private static Tensor changed(FloatTensor x, boolean mirrored, double down, double right) {
        int axis = heightAxis(x.shape());
        int height = x.shape().dim(axis);
        int width = x.shape().dim(axis + 1);
        int inner = x.shape().sizeBetween(axis + 2, x.shape().rank());
        int planes = x.shape().sizeBetween(0, axis);
        int dy = (int) Math.round(down * height / SHARE);
        int dx = (int) Math.round(right * width / SHARE);
        float[] result = new float[x.size()];
        for (int plane = 0; plane < planes; plane++) {
            for (int row = 0; row < height; row++) {
                int fromRow = Math.clamp(row - dy, 0, height - 1);
                for (int column = 0; column < width; column++) {
                    int moved = Math.clamp(column - dx, 0, width - 1);
                    int from = mirrored ? width - 1 - moved : moved;
                    System.arraycopy(
                            x.array(),
                            x.offset() + ((plane * height + fromRow) * width + from) * inner,
                            result,
                            ((plane * height + row) * width + column) * inner,
                            inner);
                }
            }
        }
        return Tensor.wrap(DataType.FLOAT, x.shape(), result, 0);
    }
}
