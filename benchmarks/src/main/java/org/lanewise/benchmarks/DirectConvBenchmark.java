package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
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
 * Channels-last convolutions whose windows overlap, in the shapes of real layers, with ReLU, one thread; other widths by
 * {@code -jvmArgsAppend -Dlanewise.vectorBits=0}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DirectConvBenchmark {
    /** Layer and C x M x kernel x stride x image x group. */
    @Param({
        "digits-1:1x16x3x1x28x1",
        "resnet8-1:3x16x3x1x32x1",
        "resnet8-2:16x16x3x1x32x1",
        "resnet8-4:32x32x3x1x16x1",
        "resnet8-6:64x64x3x1x8x1",
        "mobilenet-1:3x32x3x2x224x1",
        "resnet50-1:3x64x7x2x224x1",
        "alexnet-1:3x64x11x4x224x1",
        "resnext:128x128x3x1x56x32"
    })
    public String layer = "";

    /** Whether the input is channels-first. */
    @Param({"false", "true"})
    public boolean planar;

    private static final int[] ONE = {1, 1, 1, 1};
    private ConvGeometry geometry = ConvGeometry.of(ONE, ONE, 1, AutoPad.NOTSET, new int[0], new int[0], new int[0]);
    private ConvNhwc conv =
            new ConvNhwc(geometry, new float[1], 0, null, 0, new Activation(Activation.Kind.NONE, 0, 0));
    private float[] x = {};
    private float[] y = {};
    private float[] scratch = {};

    /** Makes the layer, and checks one value against a plain sum. */
    @Setup
    public void setUp() {
        String[] dims = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        int channels = Integer.parseInt(dims[0]);
        int out = Integer.parseInt(dims[1]);
        int kernel = Integer.parseInt(dims[2]);
        int stride = Integer.parseInt(dims[3]);
        int size = Integer.parseInt(dims[4]);
        int group = Integer.parseInt(dims[5]);
        int pad = kernel / 2;
        geometry = ConvGeometry.of(
                new int[] {1, channels, size, size},
                new int[] {out, channels / group, kernel, kernel},
                group,
                AutoPad.NOTSET,
                new int[] {stride, stride},
                new int[] {pad, pad, pad, pad},
                new int[0]);
        Random random = new Random(1);
        x = random(geometry.inputSize(), random);
        float[] w = random(geometry.weightSize(), random);
        Activation relu = new Activation(Activation.Kind.RELU, 0, 0);
        conv = new ConvNhwc(geometry, w, 0, null, 0, relu, planar);
        y = new float[geometry.outputSize()];
        scratch = new float[conv.scratchSize(geometry)];
        convolve();
        double sum = 0;
        for (int t = 0; t < geometry.depth(); t++) {
            int c = t / (kernel * kernel);
            int iy = t / kernel % kernel - pad;
            int ix = t % kernel - pad;
            if (iy >= 0 && ix >= 0) {
                int pixel = iy * size + ix;
                sum += (double) w[t] * x[planar ? c * size * size + pixel : pixel * channels + c];
            }
        }
        if (Math.abs(Math.max(0, sum) - y[0]) > 1e-3 * Math.sqrt(geometry.depth())) {
            throw new IllegalStateException("the convolution is wrong: " + y[0] + ", expected " + sum);
        }
    }

    /** One layer. */
    @Benchmark
    public float[] convolve() {
        conv.run(geometry, x, 0, y, 0, null, 0, scratch, 0, 0, conv.units(geometry));
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
