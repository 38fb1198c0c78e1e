package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.FloatTensor;

/** Products with a constant matrix B (K, N), {@code C = activation(A * B + bias + residual)}. Immutable to its users, shared by threads. */
public interface ConstantProduct {
    /** Rows of B. */
    int k();

    /** Columns of B. */
    int n();

    /**
     * Computes {@code c}.
     *
     * @param a (m, K), contiguous
     * @param residual {@code null}, or a matrix like C
     */
    void run(OpContext context, FloatTensor a, int m, FloatTensor c, @Nullable FloatTensor residual);

    /**
     * With all values of B.
     *
     * @param b the matrix
     * @param epilogue bias and activation
     */
    record Dense(PackedB b, Epilogue epilogue) implements ConstantProduct {
        @Override
        public int k() {
            return b.k();
        }

        @Override
        public int n() {
            return b.n();
        }

        @Override
        public void run(OpContext context, FloatTensor a, int m, FloatTensor c, @Nullable FloatTensor residual) {
            FloatProduct.run(context, a, m, b, c, residual, epilogue);
        }
    }
}
