package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.GemmBlockwise;
import org.lanewise.kernels.gemm.GemmInt8;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.PackedBlockwiseB;
import org.lanewise.kernels.gemm.PackedInt8B;
import org.lanewise.kernels.quant.Requantization;
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

/** Products with weights of 8 and 4 bits against the same product in fp32, one thread. Weights are normally distributed, 127 at 3.6 standard deviations. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Int8Benchmark {
    private static final int BLOCK = 32;

    /** Arrays of 4 MB begin at cache lines under collectors with regions. */
    private static final int LEAST_ALIGNED = 1 << 19;

    private static final int FIRST = Alignment.first(Double.BYTES);

    /** Layer and M x K x N. */
    @Param({"cube:768x768x768", "minilm-up:128x384x1536", "minilm-11:11x384x1536", "gemv:1x4096x4096"})
    public String layer = "";

    private byte[] a = {};
    private byte[] c = {};
    private float[] fa = {};
    private float[] fc = {};
    private int[] scratch = {};
    private double[] wide = {};
    private float[] floats = {};
    private int m;
    private int k;
    private int n;
    private PackedB fb = PackedB.pack(new float[1], 0, 1, false, 1, 1);
    private PackedInt8B b = PackedInt8B.pack(new byte[1], 0, 1, false, true, 1, 1, null);
    private PackedBlockwiseB blocks =
            PackedBlockwiseB.pack(new byte[BLOCK], 0, 4, BLOCK, 1, 1, new float[1], 0, null, 0);
    private Requantization end = Requantization.of(1, new float[1], null, 0, true);

    /** Makes the matrices, and checks one value of the product. */
    @Setup(Level.Trial)
    public void setUp() {
        String[] dims = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        m = Integer.parseInt(dims[0]);
        k = Integer.parseInt(dims[1]);
        n = Integer.parseInt(dims[2]);
        Random random = new Random(1);
        a = bytes(m * k, random);
        byte[] w = bytes(k * n, random);
        fa = floats(a);
        fb = PackedB.pack(floats(w), 0, n, false, k, n);
        b = PackedInt8B.pack(w, 0, n, false, true, k, n, null);
        byte[] halves = new byte[n * Math.ceilDiv(k, BLOCK) * BLOCK / 2];
        random.nextBytes(halves);
        blocks = PackedBlockwiseB.pack(halves, 0, 4, BLOCK, k, n, new float[n * Math.ceilDiv(k, BLOCK)], 0, null, 0);
        end = Requantization.of(n, new float[] {1e-3f}, null, 0, false);
        c = new byte[m * n];
        fc = new float[m * n];
        scratch = new int[Math.max(GemmInt8.scratchSize(m, b, false), GemmInt8.scratchSize(m, b, true))];
        wide = new double[Math.max(LEAST_ALIGNED, FIRST + GemmInt8.doublesSize(m, b))];
        floats = new float[Math.max(Gemm.scratchLength(m, n, k), GemmBlockwise.scratchSize(m, blocks))];
        int8();
        int sum = 0;
        for (int i = 0; i < k; i++) {
            sum += a[(m - 1) * k + i] * w[i * n + n - 1];
        }
        Check.near("last value", c[m * n - 1], end.apply(sum, n - 1), 0);
    }

    private static byte[] bytes(int count, Random random) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) Math.clamp(random.nextGaussian() * 35, -127, 127);
        }
        return values;
    }

    private static float[] floats(byte[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }

    /** Bytes times bytes to bytes, in 16-bit lanes. */
    @Benchmark
    public byte[] int8() {
        GemmInt8.run(a, 0, k, true, null, b, end, c, 0, n, 0, m, 0, b.panels(), scratch, 0, null, 0);
        return c;
    }

    /** The same on the fp64 tiles. */
    @Benchmark
    public byte[] int8InDoubles() {
        GemmInt8.run(a, 0, k, true, null, b, end, c, 0, n, 0, m, 0, b.panels(), scratch, 0, wide, FIRST);
        return c;
    }

    /** fp32 times fp32. */
    @Benchmark
    public float[] fp32() {
        Gemm.run(fa, 0, k, fb, fc, 0, n, null, 0, 0, m, 0, fb.panels(), Epilogue.NONE, floats, 0);
        return fc;
    }

    /** fp32 times weights of 4 bits in blocks of 32. */
    @Benchmark
    public float[] int4Weights() {
        GemmBlockwise.run(fa, 0, k, blocks, null, fc, 0, n, 0, m, 0, blocks.panels(), floats, 0);
        return fc;
    }
}
