package org.lanewise.kernels.rnn;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.kernels.math.FloatMath;

/**
 * An activation function of a recurrent cell (ONNX {@code activations} of LSTM, GRU and RNN).
 *
 * @param kind which function
 * @param alpha its first parameter, unused by some
 * @param beta its second parameter, unused by most
 */
public record RnnActivation(Kind kind, float alpha, float beta) {
    /** The functions with the names and default parameters ONNX gives them. */
    public enum Kind {
        RELU("Relu", 0, 0, 0),
        TANH("Tanh", 0, 0, 0),
        SIGMOID("Sigmoid", 0, 0, 0),
        /** {@code alpha * x + beta}. */
        AFFINE("Affine", 2, 1, 0),
        LEAKY_RELU("LeakyRelu", 1, 0.01f, 0),
        THRESHOLDED_RELU("ThresholdedRelu", 1, 1, 0),
        /** {@code alpha * tanh(beta * x)}. */
        SCALED_TANH("ScaledTanh", 2, 1, 1),
        HARD_SIGMOID("HardSigmoid", 2, 0.2f, 0.5f),
        ELU("Elu", 1, 1, 0),
        SOFTSIGN("Softsign", 0, 0, 0),
        SOFTPLUS("Softplus", 0, 0, 0);

        private final String onnxName;
        private final int parameters;
        private final float alpha;
        private final float beta;

        Kind(String onnxName, int parameters, float alpha, float beta) {
            this.onnxName = onnxName;
            this.parameters = parameters;
            this.alpha = alpha;
            this.beta = beta;
        }

        /** The name in the attribute {@code activations}. */
        public String onnxName() {
            return onnxName;
        }

        /** How many parameters it has: none, alpha, or alpha and beta. */
        public int parameters() {
            return parameters;
        }

        /** The default of its first parameter. */
        public float alpha() {
            return alpha;
        }

        /** The default of its second parameter. */
        public float beta() {
            return beta;
        }
    }

    /** {@code Sigmoid}. */
    public static final RnnActivation SIGMOID = new RnnActivation(Kind.SIGMOID, 0, 0);

    /** {@code Tanh}. */
    public static final RnnActivation TANH = new RnnActivation(Kind.TANH, 0, 0);

    /** {@code y = f(x)} for {@code n} elements; x and y may be the same. */
    public void apply(float[] x, int xOff, float[] y, int yOff, int n) {
        switch (kind) {
            case RELU -> FloatActivations.relu(x, xOff, y, yOff, n);
            case TANH -> FloatMath.tanh(x, xOff, y, yOff, n);
            case SIGMOID -> FloatActivations.sigmoid(x, xOff, y, yOff, n);
            case AFFINE -> affine(x, xOff, y, yOff, n, alpha, beta);
            case LEAKY_RELU -> FloatActivations.leakyRelu(x, xOff, y, yOff, n, alpha);
            case THRESHOLDED_RELU -> thresholdedRelu(x, xOff, y, yOff, n);
            case SCALED_TANH -> {
                affine(x, xOff, y, yOff, n, beta, 0);
                FloatMath.tanh(y, yOff, y, yOff, n);
                affine(y, yOff, y, yOff, n, alpha, 0);
            }
            case HARD_SIGMOID -> FloatActivations.hardSigmoid(x, xOff, y, yOff, n, alpha, beta);
            case ELU -> FloatActivations.elu(x, xOff, y, yOff, n, alpha);
            case SOFTSIGN -> FloatActivations.softsign(x, xOff, y, yOff, n);
            case SOFTPLUS -> FloatActivations.softplus(x, xOff, y, yOff, n);
        }
    }

    private static void affine(float[] x, int xOff, float[] y, int yOff, int n, float alpha, float beta) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] = alpha * x[xOff + i] + beta;
        }
    }

    /** Unlike the operator of this name, the cell's function passes x = alpha. */
    private void thresholdedRelu(float[] x, int xOff, float[] y, int yOff, int n) {
        for (int i = 0; i < n; i++) {
            float value = x[xOff + i];
            y[yOff + i] = value >= alpha ? value : 0;
        }
    }

    /** {@code f(x)}. */
    public double apply(double x) {
        return switch (kind) {
            case RELU -> Math.max(0, x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> DoubleMath.sigmoid(x);
            case AFFINE -> alpha * x + beta;
            case LEAKY_RELU -> x >= 0 ? x : alpha * x;
            case THRESHOLDED_RELU -> x >= alpha ? x : 0;
            case SCALED_TANH -> alpha * Math.tanh(beta * x);
            case HARD_SIGMOID -> DoubleMath.hardSigmoid(x, alpha, beta);
            case ELU -> DoubleMath.elu(x, alpha);
            case SOFTSIGN -> DoubleMath.softsign(x);
            case SOFTPLUS -> DoubleMath.softplus(x);
        };
    }
}
