package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.lanewise.kernels.sparse.SparseConvNhwc;
import org.lanewise.kernels.sparse.SparseForm;
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

/** Convolutions with mostly zero weights in the shapes of real layers, channels last, one thread: lists of weights against the fastest dense kernel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseG1GC"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SparseConvBenchmark {
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final double TOLERANCE = 1e-3;
    private static final int START = Alignment.FIRST_FLOAT;

    /** An array of this length begins at a cache line with the collector above. */
    private static final int LEAST_LENGTH = 1 << 20;

    /** Channels in and out, kernel, stride and size of the image. */
    @Param({
        "64,64,3,1,56",
        "128,128,3,1,28",
        "256,256,3,1,14",
        "512,512,3,1,7",
        "128,128,3,2,56",
        "256,256,3,2,28",
        "512,512,3,2,14",
        "256,512,1,2,56",
        "3,64,7,2,224"
    })
    public String layer = "";

    /** Share of the weights that are zero. */
    @Param({"0.7", "0.8", "0.9", "0.95"})
    public double zeros;

    private ConvGeometry geometry = geometry("1,1,1,1,1");
    private SparseConvNhwc sparse = new SparseConvNhwc(geometry, new float[1], 0, null, 0, RELU, SparseForm.LISTS);
    private ConvNhwc plain = new ConvNhwc(geometry, new float[1], 0, null, 0, RELU);
    private WinogradNhwc[] winograd = {};
    private float[] x = {};
    private float[] y = {};
    private float[] scratch = {};

    private static ConvGeometry geometry(String layer) {
        String[] dims = layer.split(",", -1);
        int in = Integer.parseInt(dims[0]);
        int out = Integer.parseInt(dims[1]);
        int kernel = Integer.parseInt(dims[2]);
        int stride = Integer.parseInt(dims[3]);
        int size = Integer.parseInt(dims[4]);
        int pad = kernel / 2;
        return ConvGeometry.of(
                new int[] {1, in, size, size},
                new int[] {out, in, kernel, kernel},
                1,
                AutoPad.NOTSET,
                new int[] {stride, stride},
                new int[] {pad, pad, pad, pad},
                new int[0]);
    }

    /** Makes the data, and checks that both agree. */
    @Setup(Level.Trial)
    public void setUp() {
        geometry = geometry(layer);
        Random random = new Random(1);
        x = random(START + geometry.inputSize(), 1, 0, random);
        float[] w = random(geometry.weightSize(), Math.sqrt(2.0 / geometry.depth()), zeros, random);
        float[] bias = random(geometry.outChannels(), 0.1, 0, random);
        sparse = new SparseConvNhwc(geometry, w, 0, bias, 0, RELU, SparseForm.LISTS);
        plain = new ConvNhwc(geometry, w, 0, bias, 0, RELU);
        int tile = WinogradNhwc.bestTile(geometry);
        winograd = tile == 0
                ? new WinogradNhwc[0]
                : new WinogradNhwc[] {new WinogradNhwc(geometry, tile, w, 0, bias, 0, RELU)};
        int most = Math.max(plain.scratchSize(geometry), sparse.scratchSize(geometry));
        for (WinogradNhwc known : winograd) {
            most = Math.max(most, known.scratchSize(geometry));
        }
        scratch = new float[Math.max(LEAST_LENGTH, START + most)];
        y = new float[Math.max(LEAST_LENGTH, START + geometry.outputSize())];
        float[] expected = dense().clone();
        float[] got = sparse();
        for (int i = 0; i < got.length; i++) {
            if (Math.abs(expected[i] - got[i]) > TOLERANCE) {
                throw new IllegalStateException("element " + i + " is " + got[i] + ", expected " + expected[i]);
            }
        }
    }

    /** Lists of the weights other than zero. */
    @Benchmark
    public float[] sparse() {
        int units = sparse.units(geometry);
        sparse.run(geometry, x, START, y, START, null, 0, scratch, START, 0, units, 0, sparse.channels());
        return y;
    }

    /** What computes the layer if its zeros are not known. */
    @Benchmark
    public float[] dense() {
        for (WinogradNhwc known : winograd) {
            int units = known.units(geometry);
            known.run(geometry, x, START, y, START, null, 0, scratch, START, 0, units, 0, known.panels());
            return y;
        }
        plain.run(geometry, x, START, y, START, null, 0, scratch, START, 0, plain.units(geometry));
        return y;
    }

    private static float[] random(int size, double deviation, double zeros, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextDouble() < zeros ? 0 : (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
