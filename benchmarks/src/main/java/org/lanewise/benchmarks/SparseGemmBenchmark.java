package org.lanewise.benchmarks;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
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

/** Products of many rows and weights with zeros, dense and sparse, one thread; other widths by {@code -jvmArgsAppend -Dlanewise.vectorBits=0}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseG1GC"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SparseGemmBenchmark {
    /** Long enough that an array has regions of its own and so begins a cache line. */
    private static final int ALIGNED = 1 << 20;

    /** Layer and M x K x N. */
    @Param({"pointwise-56:3136x256x256", "bert-up:128x768x3072", "bert-down:128x3072x768"})
    public String layer = "";

    /** Form and share of zeros; 2:4 has half, whatever the share says. */
    @Param({
        "LISTS:0.5",
        "LISTS:0.7",
        "LISTS:0.8",
        "LISTS:0.9",
        "LISTS:0.95",
        "BLOCKS_2:0.7",
        "BLOCKS_4:0.7",
        "BLOCKS_4:0.9",
        "N_OF_M:0.5"
    })
    public String weights = "";

    private float[] a = {};
    private float[] c = {};
    private float[] scratch = {};
    private int m;
    private int k;
    private int n;
    private PackedB dense = PackedB.pack(new float[1], 0, 1, false, 1, 1);
    private SparseB sparse = SparseB.pack(new float[1], 0, 1, false, 1, 1, SparseForm.LISTS);

    /** Makes the matrices, and compares both products. */
    @Setup(Level.Trial)
    public void setUp() {
        String[] dims = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        m = Integer.parseInt(dims[0]);
        k = Integer.parseInt(dims[1]);
        n = Integer.parseInt(dims[2]);
        SparseForm form = SparseForm.valueOf(weights.substring(0, weights.indexOf(':')));
        double zeros = Double.parseDouble(weights.substring(weights.indexOf(':') + 1));
        Random random = new Random(1);
        float[] b = weights(form, zeros, random);
        dense = PackedB.pack(b, 0, n, false, k, n);
        sparse = SparseB.pack(b, 0, n, false, k, n, form);
        a = aligned(m * k);
        for (int i = 0; i < m * k; i++) {
            a[Alignment.FIRST_FLOAT + i] = (float) random.nextGaussian();
        }
        c = aligned(m * n);
        scratch = aligned(Math.max(Gemm.scratchLength(m, n, k), SparseGemm.scratchLength(sparse)));
        float[] expected = dense().clone();
        Arrays.fill(c, 0);
        sparse();
        for (int i = 0; i < m * n; i += 97) {
            int at = Alignment.FIRST_FLOAT + i;
            Check.near("product[" + i + "]", c[at], expected[at], 1e-4 * Math.sqrt(k));
        }
    }

    private float[] weights(SparseForm form, double zeros, Random random) {
        int width = form == SparseForm.BLOCKS_2 ? 2 : form == SparseForm.BLOCKS_4 ? 4 : 1;
        float[] b = new float[k * n];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j += width) {
                boolean keep = form == SparseForm.N_OF_M ? (i + j / 3) % 4 < 2 : random.nextDouble() >= zeros;
                for (int w = j; w < j + width; w++) {
                    b[i * n + w] = keep ? (float) random.nextGaussian() : 0;
                }
            }
        }
        return b;
    }

    private static float[] aligned(int size) {
        return new float[Math.max(ALIGNED, Alignment.FIRST_FLOAT + size)];
    }

    /** The dense product, zeros included. */
    @Benchmark
    public float[] dense() {
        int at = Alignment.FIRST_FLOAT;
        Gemm.run(a, at, k, dense, c, at, n, null, 0, 0, m, 0, dense.panels(), Epilogue.NONE, scratch, at);
        return c;
    }

    /** The sparse product. */
    @Benchmark
    public float[] sparse() {
        int at = Alignment.FIRST_FLOAT;
        SparseGemm.run(a, at, k, sparse, c, at, n, null, 0, 0, m, 0, n, Epilogue.NONE, scratch, at);
        return c;
    }
}
