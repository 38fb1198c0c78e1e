package org.lanewise.benchmarks.built;

import org.lanewise.runtime.graph.Model;

/** Models of one layer. */
final class Layers {
    private Layers() {}

    /** {@code MatMul} of an (M, K) input and constant (K, N) weights. */
    static Model gemm(Weights weights, int m, int n, int k) {
        Network net = new Network("gemm", weights);
        String weight = net.matrix("B", Math.sqrt(1.0 / k), k, n);
        net.output("C", net.add("MatMul", "product", net.input("A", m, k), weight), m, n);
        return net.model();
    }

    /**
     * {@code Conv} with bias, padded by half the kernel, on (1, in, size, size), then {@code Relu}.
     *
     * @param repeat how many of them follow each other, so that what happens at the ends of the graph weighs less; an even number if the channels change: every
     *     other one goes from {@code out} back to {@code in}
     */
    static Model conv(Weights weights, int in, int out, int kernel, int stride, int size, int group, int repeat) {
        if (repeat > 1 && (stride != 1 || in != out && repeat % 2 == 1)) {
            throw new IllegalArgumentException("only layers that keep the shape, or two of them, can be repeated");
        }
        Network net = new Network("conv", weights);
        String x = net.input("x", 1, in, size, size);
        for (int i = 0; i < repeat; i++) {
            int from = i % 2 == 0 ? in : out;
            int to = in + out - from;
            x = net.add("Relu", "relu" + i, net.conv("conv" + i, x, from, to, kernel, stride, group, 2, true));
        }
        int outSize = (size + 2 * (kernel / 2) - kernel) / stride + 1;
        net.output("y", x, 1, repeat % 2 == 0 ? in : out, outSize, outSize);
        return net.model();
    }
}
