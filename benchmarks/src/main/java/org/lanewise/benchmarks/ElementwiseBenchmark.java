package org.lanewise.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.elementwise.Activations;
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

/** Activations on 4,096 values in the first-level cache: nanoseconds for all of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ElementwiseBenchmark {
    private static final int SIZE = 4096;

    /** Which function. */
    @Param({"RELU", "SIGMOID", "TANH", "GELU", "SILU", "HARD_SWISH"})
    public Activation.Kind kind = Activation.Kind.RELU;

    private final float[] source = new float[SIZE];
    private final float[] values = new float[SIZE];

    /** Makes the values, and checks the results against the formulas. */
    @Setup(Level.Trial)
    public void setUp() {
        Random random = new Random(1);
        for (int i = 0; i < SIZE; i++) {
            source[i] = (float) random.nextGaussian();
        }
        apply();
        for (int i = 0; i < SIZE; i += 61) {
            Check.near(kind + "(" + source[i] + ")", values[i], expected(source[i]), 1e-5);
        }
    }

    private double expected(double x) {
        return switch (kind) {
            case RELU -> Math.max(0, x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case GELU -> x * normalBelow(x);
            case SILU -> x / (1 + Math.exp(-x));
            case HARD_SWISH -> x * Math.clamp(x / 6 + 0.5, 0, 1);
            default -> throw new IllegalStateException("no formula for " + kind);
        };
    }

    /** The part of a normal distribution below x, by the midpoint rule. */
    private static double normalBelow(double x) {
        int steps = 20_000;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double t = x * (i + 0.5) / steps;
            sum += Math.exp(-t * t / 2);
        }
        return 0.5 + sum * x / steps / Math.sqrt(2 * Math.PI);
    }

    /** Copies the values and applies the function in place. */
    @Benchmark
    public float[] apply() {
        System.arraycopy(source, 0, values, 0, SIZE);
        Activations.apply(kind, 0, 0, values, 0, SIZE);
        return values;
    }
}
