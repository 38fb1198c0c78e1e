package org.lanewise.quantization;

import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** The mean of each channel over a stream of tensors. */
final class ChannelMeans {
    private final int axis;
    private double[] sums = new double[0];
    private long count;

    /** For channels along {@code axis}, which counts from the end if negative. */
    ChannelMeans(int axis) {
        this.axis = axis;
    }

    void add(FloatTensor tensor) {
        Shape shape = tensor.shape();
        int at = shape.axis(axis);
        int channels = shape.dim(at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        if (sums.length < channels) {
            sums = new double[channels];
        }
        float[] values = tensor.array();
        int from = tensor.offset();
        for (int row = 0; row < tensor.size() / Math.max(1, inner); row++) {
            double sum = 0;
            for (int i = 0; i < inner; i++) {
                sum += values[from + row * inner + i];
            }
            sums[row % channels] += sum;
        }
        count += channels == 0 ? 0 : tensor.size() / channels;
    }

    double[] means() {
        double[] means = sums.clone();
        for (int i = 0; i < means.length; i++) {
            means[i] /= Math.max(1, count);
        }
        return means;
    }
}
