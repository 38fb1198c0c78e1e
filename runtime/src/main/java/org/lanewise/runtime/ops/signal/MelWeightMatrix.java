package org.lanewise.runtime.ops.signal;

import java.util.Arrays;
import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A bank of triangular filters (dft length / 2 + 1, bands) of height 1, whose corners are evenly spaced in {@code mel(f) = 2595 log10(1 + f / 700)}. Inputs: number of bands, length of
 * the DFT, sample rate in hertz, lower and upper edge in hertz. ONNX {@code MelWeightMatrix}-17.
 *
 * @param type element type of the output
 */
public record MelWeightMatrix(DataType type) implements Operator {
    private static final Set<DataType> COUNTS = Set.of(DataType.INT32, DataType.INT64);

    /** From a node. */
    public static MelWeightMatrix create(NodeSpec spec) {
        spec.inputs(5, 5);
        return new MelWeightMatrix(CosineWindow.outputType(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        for (int i = 0; i < 5; i++) {
            Types.check(context, i, i < 3 ? COUNTS : Types.FLOATING);
        }
        Tensor bands = context.constant(0);
        Tensor length = context.constant(1);
        context.output(
                0,
                type,
                PartialShape.of(
                        length == null ? PartialShape.UNKNOWN : Spectrum.positive(length, "dft_length") / 2 + 1,
                        bands == null ? PartialShape.UNKNOWN : Spectrum.positive(bands, "num_mel_bins")));
    }

    @Override
    public void run(OpContext context) {
        int bands = Spectrum.positive(context.input(0), "num_mel_bins");
        int length = Spectrum.positive(context.input(1), "dft_length");
        int rate = Spectrum.positive(context.input(2), "sample_rate");
        double low = mel(edge(context.input(3), "lower_edge_hertz"));
        double high = mel(edge(context.input(4), "upper_edge_hertz"));
        if (high < low) {
            throw new IllegalArgumentException("upper_edge_hertz is below lower_edge_hertz");
        }
        int bins = length / 2 + 1;
        int[] corners = new int[bands + 2];
        for (int i = 0; i < corners.length; i++) {
            // ONNX divides by the number of corners, not of gaps, so the last corner stays below the upper edge
            double hertz = 700 * (Math.pow(10, (low + i * ((high - low) / corners.length)) / 2595) - 1);
            double bin = Math.floor((length + 1.0) * hertz / rate);
            int end = i <= bands ? bins : bins + 1; // nothing is written to the last corner
            if (!(bin >= 0 && bin < end)) {
                throw new IllegalArgumentException(
                        "band corner " + i + " at " + hertz + " Hz falls on bin " + bin + ", outside 0.." + (bins - 1));
            }
            corners[i] = (int) bin;
        }
        Tensor y = context.output(0, type, Shape.of(bins, bands));
        double[] column = new double[bins];
        for (int band = 0; band < bands; band++) {
            Arrays.fill(column, 0);
            triangle(column, corners[band], corners[band + 1], corners[band + 2]);
            Elements.write(column, y, band, bands, bins);
        }
    }

    private static void triangle(double[] column, int left, int center, int right) {
        column[center] = 1;
        for (int bin = left; bin < center; bin++) {
            column[bin] = (double) (bin - left) / (center - left);
        }
        for (int bin = center + 1; bin < right; bin++) {
            column[bin] = (double) (right - bin) / (right - center);
        }
    }

    private static double mel(double hertz) {
        return 2595 * Math.log10(1 + hertz / 700);
    }

    private static double edge(Tensor edge, String name) {
        double value = edge.size() == 1 ? edge.getDouble(0) : Double.NaN;
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name + " is " + (edge.size() == 1 ? Double.toString(value) : edge.toString())
                            + ", expected one frequency, not negative");
        }
        return value;
    }
}
