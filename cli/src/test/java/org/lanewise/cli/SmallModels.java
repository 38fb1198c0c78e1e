package org.lanewise.cli;

import java.util.List;

/** Models for the tests of the commands. */
final class SmallModels {
    private SmallModels() {}

    /** {@code sum = a + b}: float[2,3] and float[n,3] to float[n,3]. */
    static byte[] sum() {
        return OnnxBytes.model(
                OnnxBytes.node("Add", List.of("a", "b"), "sum"),
                OnnxBytes.input("a", OnnxBytes.FLOAT, 2, 3),
                OnnxBytes.input("b", OnnxBytes.FLOAT, "n", 3),
                OnnxBytes.output("sum", OnnxBytes.FLOAT, 2, 3));
    }

    /** {@code scores = x * W}: float[n,2] to float[n,3]. */
    static byte[] product() {
        return OnnxBytes.model(
                OnnxBytes.node("MatMul", List.of("x", "w"), "scores"),
                OnnxBytes.initializer("w", new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
                OnnxBytes.input("x", OnnxBytes.FLOAT, "n", 2),
                OnnxBytes.output("scores", OnnxBytes.FLOAT, "n", 3));
    }

    /** {@code scores = x * W}: float[n,256] to float[n,256], 15 of 16 values of W being zero. */
    static byte[] pruned() {
        float[] w = new float[256 * 256];
        for (int i = 0; i < w.length; i += 16) {
            w[i + i / 256 * 7 % 16] = 1;
        }
        return OnnxBytes.model(
                OnnxBytes.node("MatMul", List.of("x", "w"), "scores"),
                OnnxBytes.initializer("w", w, 256, 256),
                OnnxBytes.input("x", OnnxBytes.FLOAT, "n", 256),
                OnnxBytes.output("scores", OnnxBytes.FLOAT, "n", 256));
    }

    /** {@code copy = pixels}: float[1,1,2,2]. */
    static byte[] picture() {
        return OnnxBytes.model(
                OnnxBytes.node("Identity", List.of("pixels"), "copy"),
                OnnxBytes.input("pixels", OnnxBytes.FLOAT, 1, 1, 2, 2),
                OnnxBytes.output("copy", OnnxBytes.FLOAT, 1, 1, 2, 2));
    }

    /** A node of an operator that there is not. */
    static byte[] unsupported() {
        return OnnxBytes.model(
                OnnxBytes.node("Frobnicate", List.of("x"), "y"),
                OnnxBytes.input("x", OnnxBytes.FLOAT, 1),
                OnnxBytes.output("y", OnnxBytes.FLOAT, 1));
    }

    /** A graph that declares no outputs. */
    static byte[] silent() {
        return OnnxBytes.model(OnnxBytes.node("Identity", List.of("x"), "y"), OnnxBytes.input("x", OnnxBytes.FLOAT, 1));
    }

    /** Two nodes that wait for each other. */
    static byte[] cyclic() {
        return OnnxBytes.model(
                OnnxBytes.node("Add", List.of("x", "second"), "first"),
                OnnxBytes.node("Identity", List.of("first"), "second"),
                OnnxBytes.input("x", OnnxBytes.FLOAT, 1),
                OnnxBytes.output("second", OnnxBytes.FLOAT, 1));
    }
}
