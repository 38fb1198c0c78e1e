package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionSpec;
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

/** All heads of one attention layer, read from and written to (rows, heads * size), one thread; other widths by {@code -jvmArgsAppend -Dlanewise.vectorBits=0}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionBenchmark {
    /** Layer and rows x heads x size. */
    @Param({"minilm-11:11x12x32", "minilm-128:128x12x32", "bert-128:128x12x64", "vit:197x12x64", "long:1024x12x64"})
    public String layer = "";

    private float[] q = {};
    private float[] k = {};
    private float[] v = {};
    private float[] y = {};
    private float[] scratch = {};
    private int rows;
    private int heads;
    private int size;
    private Attention.Head head = new Attention.Head(0, 0, 0, 0, 0, 0);
    private AttentionSpec spec = AttentionSpec.plain(1, AttentionSpec.EmptyRows.NAN);

    /** Makes the rows, and checks one value of the result against plain loops. */
    @Setup
    public void setUp() {
        String[] dims = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        rows = Integer.parseInt(dims[0]);
        heads = Integer.parseInt(dims[1]);
        size = Integer.parseInt(dims[2]);
        Random random = new Random(1);
        q = random(random);
        k = random(random);
        v = random(random);
        y = new float[q.length];
        head = new Attention.Head(rows, rows, size, size, rows, 0);
        spec = AttentionSpec.plain((float) (1 / Math.sqrt(size)), AttentionSpec.EmptyRows.NAN);
        scratch = new float[Attention.scratchSize(head)];
        attend();
        double sum = 0;
        double value = 0;
        int last = q.length - size;
        for (int row = 0; row < rows; row++) {
            double product = 0;
            int at = row * heads * size + (heads - 1) * size;
            for (int i = 0; i < size; i++) {
                product += (double) q[last + i] * k[at + i];
            }
            double weight = Math.exp(product / Math.sqrt(size));
            sum += weight;
            value += weight * v[at];
        }
        if (Math.abs(value / sum - y[last]) > 1e-4) {
            throw new IllegalStateException("the result is wrong: " + y[last] + ", expected " + value / sum);
        }
    }

    /** One layer without its projections. */
    @Benchmark
    public float[] attend() {
        for (int h = 0; h < heads; h++) {
            Attention.run(spec, head, rows(q, h), rows(k, h), rows(v, h), null, rows(y, h), null, scratch, 0, rows);
        }
        return y;
    }

    private Attention.Rows rows(float[] array, int h) {
        return new Attention.Rows(array, h * size, heads * size);
    }

    private float[] random(Random random) {
        float[] values = new float[rows * heads * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
