package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.RowProduct;
import org.lanewise.kernels.sparse.LaneLists;
import org.lanewise.kernels.sparse.RowBlocks;
import org.lanewise.kernels.sparse.SparseGemv;
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

/** One row times sparse weights against the dense product, one thread: zeros anywhere, and zeros that blocks of 16 columns share. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SparseGemvBenchmark {
    private static final int FIRST = Alignment.FIRST_FLOAT;
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);

    /** K x N. */
    @Param({"3072x768", "768x3072", "512x512", "4096x4096"})
    public String shape = "";

    /** Percent of the weights that are zero. */
    @Param({"50", "60", "70", "80", "90", "95", "99"})
    public int zeros;

    private float[] x = {};
    private float[] y = {};
    private float[] scratch = {};
    private PackedB dense = PackedB.pack(new float[1], 0, 1, false, 1, 1);
    private LaneLists lists = LaneLists.of(new float[1], 0, 1, false, 1, 1);
    private RowBlocks blocks = RowBlocks.of(new float[1], 0, 1, false, 1, 1);

    /** Makes the matrices, and checks one value of each product. */
    @Setup(Level.Trial)
    public void setUp() {
        int k = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        int n = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        Random random = new Random(1);
        x = new float[FIRST + k];
        for (int i = FIRST; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        float[] anywhere = new float[k * n];
        float[] shared = new float[k * n];
        for (int i = 0; i < k; i++) {
            boolean present = false;
            for (int j = 0; j < n; j++) {
                float value = (float) random.nextGaussian();
                anywhere[i * n + j] = random.nextInt(100) < zeros ? 0 : value;
                present = j % RowBlocks.WIDTH == 0 ? random.nextInt(100) >= zeros : present;
                shared[i * n + j] = present ? value : 0;
            }
        }
        dense = PackedB.pack(anywhere, 0, n, false, k, n);
        lists = LaneLists.of(anywhere, 0, n, false, k, n);
        blocks = RowBlocks.of(shared, 0, n, false, k, n);
        y = new float[FIRST + RowProduct.length(n)];
        int room = Math.max(
                SparseGemv.scratchLength(lists, lists.groups()), SparseGemv.scratchLength(blocks, blocks.blocks()));
        scratch = new float[FIRST + Math.max(room, Math.max(Gemm.scratchLength(1, n, k), RowProduct.length(n)))];
        double tolerance = 1e-4 * Math.sqrt(k);
        Check.near("dense", dense()[FIRST + n / 2], column(anywhere, n, n / 2), tolerance);
        Check.near("anywhere", anywhere()[FIRST + n / 2], column(anywhere, n, n / 2), tolerance);
        Check.near("blocks", blocks()[FIRST + n / 2], column(shared, n, n / 2), tolerance);
    }

    private double column(float[] b, int n, int column) {
        double sum = 0;
        for (int i = FIRST; i < x.length; i++) {
            sum += (double) x[i] * b[(i - FIRST) * n + column];
        }
        return sum;
    }

    /** The dense product, by the kernel a single row takes. */
    @Benchmark
    public float[] dense() {
        if (RowProduct.suits(dense)) {
            RowProduct.run(x, FIRST, dense, y, FIRST, Epilogue.NONE, scratch, FIRST);
        } else {
            int k = dense.k();
            int n = dense.n();
            Gemm.run(x, FIRST, k, dense, y, FIRST, n, null, 0, 0, 1, 0, dense.panels(), Epilogue.NONE, scratch, FIRST);
        }
        return y;
    }

    /** Zeros anywhere. */
    @Benchmark
    public float[] anywhere() {
        SparseGemv.run(x, FIRST, lists, null, null, 0, NONE, y, FIRST, 0, lists.groups(), scratch, FIRST);
        return y;
    }

    /** Blocks of 16 columns with the same zeros. */
    @Benchmark
    public float[] blocks() {
        SparseGemv.run(x, FIRST, blocks, null, null, 0, NONE, y, FIRST, 0, blocks.blocks(), scratch, FIRST);
        return y;
    }
}
