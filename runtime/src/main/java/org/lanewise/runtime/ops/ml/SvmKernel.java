package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;

/**
 * The kernel of a support vector machine, {@code k(a, b)}.
 *
 * @param type which function
 * @param gamma factor of the dot product, or of the squared distance
 * @param coef0 added to the scaled dot product
 * @param degree power of the polynomial
 */
record SvmKernel(Type type, double gamma, double coef0, double degree) {
    /** The functions. */
    enum Type {
        /** {@code a b}. */
        LINEAR,
        /** {@code (gamma a b + coef0)^degree}. */
        POLY,
        /** {@code exp(-gamma |a - b|^2)}. */
        RBF,
        /** {@code tanh(gamma a b + coef0)}. */
        SIGMOID
    }

    static SvmKernel create(NodeSpec spec, boolean linear) {
        String name = spec.stringAttribute("kernel_type", "LINEAR");
        float[] params = spec.floatsAttribute("kernel_params");
        if (params != null && params.length != 0 && params.length != 3) {
            throw spec.refuse("kernel_params has " + params.length + " values, expected 3");
        }
        float[] p = params == null || params.length == 0 ? new float[3] : params;
        for (Type type : Type.values()) {
            if (type.name().equals(name)) {
                return new SvmKernel(linear ? Type.LINEAR : type, p[0], p[1], p[2]);
            }
        }
        throw spec.refuse("kernel_type '" + name + "' is not known");
    }

    /** Of {@code a[0..n)} and {@code b[at..at + n)}. */
    double of(double[] a, float[] b, int at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double difference = a[i] - b[at + i];
            sum += type == Type.RBF ? difference * difference : a[i] * b[at + i];
        }
        return switch (type) {
            case LINEAR -> sum;
            case POLY -> Math.pow(gamma * sum + coef0, degree);
            case RBF -> Math.exp(-gamma * sum);
            case SIGMOID -> Math.tanh(gamma * sum + coef0);
        };
    }
}
