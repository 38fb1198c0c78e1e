package org.lanewise.kernels.attention;

/**
 * What an attention does with the products of queries and keys (ONNX Attention).
 *
 * @param scale factor of the products
 * @param softcap bound of the products, {@code softcap * tanh(x / softcap)}; 0 for none
 * @param causal whether a query attends no key behind its own position
 * @param left keys before its position that a query attends, or -1 for all
 * @param right keys behind its position that a query attends, or -1 for all
 * @param doubleSoftmax whether the softmax is computed in double
 * @param captured which values {@code captured} outputs receive
 */
public record AttentionSpec(
        float scale, float softcap, boolean causal, int left, int right, boolean doubleSoftmax, Capture captured) {
    /** The stage whose values an extra output receives, in the order of ONNX {@code qk_matmul_output_mode}. */
    public enum Capture {
        PRODUCT,
        AFTER_SOFTCAP,
        AFTER_MASK,
        AFTER_SOFTMAX
    }

    /** First key that the query at {@code position} may attend. */
    int firstKey(int position) {
        return left < 0 ? 0 : Math.max(0, position - left);
    }

    /** One past the last key that the query at {@code position} may attend, of {@code keys}. */
    int endKey(int position, int keys) {
        long end = keys;
        if (causal) {
            end = Math.min(end, position + 1L);
        }
        if (right >= 0) {
            end = Math.min(end, position + 1L + right);
        }
        return (int) Math.max(0, end);
    }
}
