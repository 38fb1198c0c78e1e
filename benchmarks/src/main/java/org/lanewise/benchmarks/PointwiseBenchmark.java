package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
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
 * 1x1 convolutions of MobileNetV2 and ResNet-50 with their activations and residuals, channels last, one thread. Without vectors: {@code -jvmArgsAppend
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
public class PointwiseBenchmark {
    /** Layer, pixels x input channels x output channels; {@code +clip} or {@code +residual} is what follows the product. */
    @Param({
        "mobilenet-project-112:12544x32x16",
        "mobilenet-expand-112:12544x16x96+clip",
        "mobilenet-expand-56:3136x24x144+clip",
        "mobilenet-project-56:3136x144x24+residual",
        "mobilenet-expand-28:784x32x192+clip",
        "mobilenet-expand-14:196x64x384+clip",
        "mobilenet-expand-7:49x160x960+clip",
        "mobilenet-last-7:49x320x1280+clip",
        "resnet-reduce-56:3136x256x64",
        "resnet-expand-56:3136x64x256",
        "resnet-reduce-14:196x1024x256"
    })
    public String layer = "";

    private float[] x = {};
    private float[] y = {};
    private float[] residual = {};
    private float[] scratch = {};
    private int pixels;
    private int channels;
    private int filters;
    private boolean adds;
    private Epilogue epilogue = Epilogue.NONE;
    private PackedB weights = PackedB.pack(new float[1], 0, 1, false, 1, 1);

    /** Makes the data, and checks one value against a plain sum. */
    @Setup
    public void setUp() {
        String[] parts = layer.substring(layer.indexOf(':') + 1).split("\\+", -1);
        String[] dims = parts[0].split("x", -1);
        String after = parts.length > 1 ? parts[1] : "";
        pixels = Integer.parseInt(dims[0]);
        channels = Integer.parseInt(dims[1]);
        filters = Integer.parseInt(dims[2]);
        adds = after.equals("residual");
        boolean clips = after.equals("clip");
        Random random = new Random(1);
        x = random(pixels * channels, random);
        float[] w = random(channels * filters, random);
        float[] bias = random(filters, random);
        residual = random(adds ? pixels * filters : 0, random);
        y = new float[pixels * filters];
        scratch = new float[Gemm.scratchLength(pixels, filters, channels)];
        weights = PackedB.pack(w, 0, filters, false, channels, filters);
        epilogue =
                Epilogue.biasPerColumn(bias, new Activation(clips ? Activation.Kind.CLIP : Activation.Kind.NONE, 0, 6));
        convolve();
        double sum = bias[filters - 1] + (adds ? residual[residual.length - 1] : 0);
        for (int i = 0; i < channels; i++) {
            sum += (double) x[(pixels - 1) * channels + i] * w[i * filters + filters - 1];
        }
        double expected = clips ? Math.clamp(sum, 0, 6) : sum;
        if (Math.abs(expected - y[y.length - 1]) > 1e-3 * Math.sqrt(channels)) {
            throw new IllegalStateException("wrong: " + y[y.length - 1] + ", expected " + expected);
        }
    }

    /** The layer once. */
    @Benchmark
    public float[] convolve() {
        Gemm.run(
                x,
                0,
                channels,
                weights,
                y,
                0,
                filters,
                adds ? residual : null,
                0,
                0,
                pixels,
                0,
                weights.panels(),
                epilogue,
                scratch,
                0);
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
