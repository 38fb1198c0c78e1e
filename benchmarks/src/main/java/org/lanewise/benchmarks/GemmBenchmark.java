package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
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

/** fp32 matrix products in the shapes of real layers, one thread; other widths by {@code -jvmArgsAppend -Dlanewise.vectorBits=0}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class GemmBenchmark {
    /** Layer and M x K x N. */
    @Param({
        "cube:768x768x768",
        "bert-query:128x768x768",
        "minilm-query:128x384x384",
        "minilm-up:128x384x1536",
        "mobilenet-expand-56:3136x24x144",
        "mobilenet-head:49x320x1280",
        "classifier:1x1280x1001"
    })
    public String layer = "";

    private float[] a = {};
    private float[] c = {};
    private float[] scratch = {};
    private int m;
    private int k;
    private int n;
    private PackedB b = PackedB.pack(new float[1], 0, 1, false, 1, 1);

    /** Makes the matrices, and checks nine values of the product. */
    @Setup(Level.Trial)
    public void setUp() {
        String[] dims = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        m = Integer.parseInt(dims[0]);
        k = Integer.parseInt(dims[1]);
        n = Integer.parseInt(dims[2]);
        Random random = new Random(1);
        a = random(m * k, random);
        float[] weights = random(k * n, random);
        b = PackedB.pack(weights, 0, n, false, k, n);
        c = new float[m * n];
        scratch = new float[Gemm.scratchLength(m, n, k)];
        multiply();
        for (int row : new int[] {0, m / 2, m - 1}) {
            for (int column : new int[] {0, n / 2, n - 1}) {
                double sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += (double) a[row * k + i] * weights[i * n + column];
                }
                Check.near("product[" + row + "," + column + "]", c[row * n + column], sum, 1e-4 * Math.sqrt(k));
            }
        }
    }

    /** One product with packed constant weights. */
    @Benchmark
    public float[] multiply() {
        Gemm.run(a, 0, k, b, c, 0, n, null, 0, 0, m, 0, b.panels(), Epilogue.NONE, scratch, 0);
        return c;
    }

    private static float[] random(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
