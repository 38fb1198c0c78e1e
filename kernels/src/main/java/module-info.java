/** Compute kernels on Java arrays: no tensor, no graph, no thread. */
module org.lanewise.kernels {
    requires static jdk.incubator.vector;
    requires jdk.management;
    requires static org.jspecify;

    exports org.lanewise.kernels;
    exports org.lanewise.kernels.detect;
    exports org.lanewise.kernels.layout;
    exports org.lanewise.kernels.attention;
    exports org.lanewise.kernels.gemm;
    exports org.lanewise.kernels.conv;
    exports org.lanewise.kernels.pool;
    exports org.lanewise.kernels.probe;
    exports org.lanewise.kernels.resize;
    exports org.lanewise.kernels.rnn;
    exports org.lanewise.kernels.elementwise;
    exports org.lanewise.kernels.math;
    exports org.lanewise.kernels.quant;
    exports org.lanewise.kernels.norm;
    exports org.lanewise.kernels.reduce;
    exports org.lanewise.kernels.signal;
    exports org.lanewise.kernels.sparse;
    exports org.lanewise.kernels.tree;
}
