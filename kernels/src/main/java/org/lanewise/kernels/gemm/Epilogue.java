package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

/**
 * What happens to a product before it is stored: {@code C = activation(A * B + bias + residualScale * residual)}.
 *
 * <p>Immutable; made once per layer, because it keeps the bias in the form the tiles read: the sums start from it, so it costs nothing.
 * A residual is one more pass over rows of C before their sums start, an activation one after they end, both in the first-level cache.
 */
public final class Epilogue {
    static final Activation NO_ACTIVATION = new Activation(Activation.Kind.NONE, 0, 0);

    /** Stores the product as it is. */
    public static final Epilogue NONE = new Epilogue(null, false, 1, NO_ACTIVATION);

    /** Number of bias values, or -1 without a bias. */
    final int biasLength;

    final boolean biasPerRow;
    final Activation activation;

    /** Start values of the sums: element {@code row * startRow + column * startColumn}, {@code startColumn} being 0 or 1. */
    final float[] start;

    final int startRow;
    final int startColumn;

    /** Factor of the residual. */
    final float residualScale;

    private final SumEnd end;

    private Epilogue(float @Nullable [] bias, boolean perRow, float residualScale, Activation activation) {
        this.activation = activation;
        this.end = SumEnd.of(activation);
        this.biasLength = bias == null ? -1 : bias.length;
        this.biasPerRow = perRow;
        if (bias == null) {
            start = new float[Gemm.NR];
            startRow = 0;
            startColumn = 0;
        } else if (perRow) {
            start = new float[bias.length * Simd.LANES];
            for (int i = 0; i < bias.length; i++) {
                Arrays.fill(start, i * Simd.LANES, (i + 1) * Simd.LANES, bias[i]);
            }
            startRow = Simd.LANES;
            startColumn = 0;
        } else {
            start = Arrays.copyOf(bias, Gemm.panels(bias.length) * Gemm.NR);
            startRow = 0;
            startColumn = 1;
        }
        this.residualScale = residualScale;
    }

    /** No bias; {@code C = activation(A * B + residual)}. */
    public static Epilogue of(Activation activation) {
        return new Epilogue(null, false, 1, activation);
    }

    /** {@code bias[n]} is added to column n of C: MatMul, Gemm, fully connected layers. */
    public static Epilogue biasPerColumn(float[] bias, Activation activation) {
        return new Epilogue(bias, false, 1, activation);
    }

    /** {@code bias[m]} is added to row m of C: a convolution computed as weights (Co, Ci) times pixels (Ci, H*W). */
    public static Epilogue biasPerRow(float[] bias, Activation activation) {
        return new Epilogue(bias, true, 1, activation);
    }

    /** The same, with a factor for the residual (1 otherwise). */
    public Epilogue withResidualScale(float scale) {
        return new Epilogue(bias(), biasPerRow, scale, activation);
    }

    private float @Nullable [] bias() {
        if (biasLength < 0) {
            return null;
        }
        float[] bias = new float[biasLength];
        for (int i = 0; i < biasLength; i++) {
            bias[i] = start[biasPerRow ? i * startRow : i];
        }
        return bias;
    }

    /** What becomes of the sums of a block of K. */
    SumEnd end(boolean last) {
        return last ? end : SumEnd.NONE;
    }

    /** Refuses a C (rows or more, n) that the bias does not fit. */
    void checkBias(int rows, int n) {
        if (biasLength >= 0 && (biasPerRow ? biasLength < rows : biasLength != n)) {
            throw new IllegalArgumentException(
                    "bias has " + biasLength + " values, expected " + (biasPerRow ? rows : n));
        }
    }

    /** What is applied to the sums. */
    public Activation activation() {
        return activation;
    }

    /** Factor of the residual. */
    public float residualScale() {
        return residualScale;
    }

    /** What is added to column {@code n}: its bias, or 0 without one. The bias must be one value a column. */
    public float columnBias(int n) {
        return start[n * startColumn];
    }

    /** Refuses a bias that does not have one value for each of {@code n} columns; none is fine. */
    public void checkColumns(int n) {
        if (biasLength >= 0 && (biasPerRow || biasLength != n)) {
            throw new IllegalArgumentException("bias has " + biasLength + " values" + (biasPerRow ? ", one a row" : "")
                    + ", expected " + n + ", one a column");
        }
    }
}
