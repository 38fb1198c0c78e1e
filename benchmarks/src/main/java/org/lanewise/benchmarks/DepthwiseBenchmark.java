package org.lanewise.benchmarks;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.DepthwiseNhwc;
import org.lanewise.kernels.conv.WindowAxis;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The 3x3 depthwise convolutions of MobileNetV2 with ReLU6, channels last, one thread. Without vectors: {@code -jvmArgsAppend
 * -Dlanewise.vectorBits=0}; beside ONNX Runtime: {@code benchmarks/compare} on the model.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DepthwiseBenchmark {
    /** Channels, height and width, stride. */
    @Param({"32@112/1", "96@112/2", "144@56/1", "144@56/2", "192@28/1", "384@14/1", "576@14/1", "576@14/2", "960@7/1"})
    public String layer = "";

    private float[] x = {};
    private float[] y = {};
    private float[] weights = {};
    private float[] bias = {};
    private int rows;
    private ConvGeometry geometry = new ConvGeometry(1, 1, 1, 1, List.of(WindowAxis.padded(1, 1, 1, 0, 0, 1, false)));

    /** Makes the data, and checks the first value against a plain sum. */
    @Setup
    public void setUp() {
        String[] parts = layer.split("[@/]", -1);
        int channels = Integer.parseInt(parts[0]);
        WindowAxis axis = WindowAxis.padded(Integer.parseInt(parts[1]), 3, Integer.parseInt(parts[2]), 1, 1, 1, false);
        geometry = new ConvGeometry(1, channels, channels, channels, List.of(axis, axis));
        rows = axis.output();
        Random random = new Random(1);
        x = random(geometry.inputSize(), random);
        y = new float[geometry.outputSize()];
        bias = random(channels, random);
        float[] w = random(9 * channels, random);
        weights = DepthwiseNhwc.pack(geometry, w, 0);
        convolve();
        int line = axis.input() * channels;
        double sum = bias[0] + (double) x[0] * w[4] + (double) x[channels] * w[5];
        sum += (double) x[line] * w[7] + (double) x[line + channels] * w[8];
        if (Math.abs(Math.clamp(sum, 0, 6) - y[0]) > 1e-4) {
            throw new IllegalStateException("wrong: " + y[0] + ", expected " + Math.clamp(sum, 0, 6));
        }
    }

    /** The layer once. */
    @Benchmark
    public float[] convolve() {
        DepthwiseNhwc.run(geometry, x, 0, weights, bias, 0, y, 0, 0, 6, 0, rows);
        return y;
    }

    private static float[] random(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
