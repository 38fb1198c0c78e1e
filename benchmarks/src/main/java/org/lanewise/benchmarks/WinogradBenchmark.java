package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** 3x3 convolutions of stride 1, channels last, in the shapes of real layers, one thread: im2col and both sizes of Winograd tiles. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class WinogradBenchmark {
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final double TOLERANCE = 1e-4;

    /** Layer, channels in and out, and size of the image. */
    @Param({
        "resnet-2:64x56",
        "resnet-3:128x28",
        "resnet-4:256x14",
        "resnet-5:512x7",
        "vgg-1:64x224",
        "vgg-2:128x112",
        "vgg-3:256x56",
        "vgg-4:512x28",
        "vgg-5:512x14",
        "narrow:16x56"
    })
    public String layer = "";

    private ConvGeometry geometry = geometry(1, 3);
    private ConvNhwc plain = new ConvNhwc(geometry, new float[9], 0, null, 0, RELU);
    private WinogradNhwc two = new WinogradNhwc(geometry, 2, new float[9], 0, null, 0, RELU);
    private WinogradNhwc four = new WinogradNhwc(geometry, 4, new float[9], 0, null, 0, RELU);
    private float[] x = {};
    private float[] y = {};
    private float[] scratch = {};

    private static ConvGeometry geometry(int channels, int size) {
        int[] input = {1, channels, size, size};
        int[] weights = {channels, channels, 3, 3};
        int[] none = {};
        return ConvGeometry.of(input, weights, 1, AutoPad.NOTSET, none, new int[] {1, 1, 1, 1}, none);
    }

    /** Makes the data, and checks that the three agree. */
    @Setup(Level.Trial)
    public void setUp() {
        String[] dims = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        int channels = Integer.parseInt(dims[0]);
        geometry = geometry(channels, Integer.parseInt(dims[1]));
        Random random = new Random(1);
        x = random(geometry.inputSize(), 1, random);
        float[] w = random(geometry.weightSize(), Math.sqrt(2.0 / geometry.depth()), random);
        float[] bias = random(channels, 0.1, random);
        plain = new ConvNhwc(geometry, w, 0, bias, 0, RELU);
        two = new WinogradNhwc(geometry, 2, w, 0, bias, 0, RELU);
        four = new WinogradNhwc(geometry, 4, w, 0, bias, 0, RELU);
        y = new float[geometry.outputSize()];
        scratch = new float
                [Math.max(
                        plain.scratchSize(geometry), Math.max(two.scratchSize(geometry), four.scratchSize(geometry)))];
        float[] expected = im2col().clone();
        check(expected, winograd2x2());
        check(expected, winograd4x4());
    }

    private static void check(float[] expected, float[] got) {
        for (int i = 0; i < expected.length; i++) {
            if (Math.abs(expected[i] - got[i]) > TOLERANCE) {
                throw new IllegalStateException("element " + i + " is " + got[i] + ", expected " + expected[i]);
            }
        }
    }

    /** Patches times weights. */
    @Benchmark
    public float[] im2col() {
        plain.run(geometry, x, 0, y, 0, null, 0, scratch, 0, 0, plain.units(geometry));
        return y;
    }

    /** F(2x2, 3x3). */
    @Benchmark
    public float[] winograd2x2() {
        two.run(geometry, x, 0, y, 0, null, 0, scratch, 0, 0, two.units(geometry), 0, two.panels());
        return y;
    }

    /** F(4x4, 3x3). */
    @Benchmark
    public float[] winograd4x4() {
        four.run(geometry, x, 0, y, 0, null, 0, scratch, 0, 0, four.units(geometry), 0, four.panels());
        return y;
    }

    private static float[] random(int size, double deviation, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
