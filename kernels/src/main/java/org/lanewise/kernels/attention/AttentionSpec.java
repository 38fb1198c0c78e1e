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
 * @param emptyRows what a query gets whose weights are 0 / 0
 */
public record AttentionSpec(
        float scale,
        float softcap,
        boolean causal,
        int left,
        int right,
        boolean doubleSoftmax,
        Capture captured,
        EmptyRows emptyRows) {
    /** As ONNX Attention has it: zeros for a query whose keys are all masked by negative infinity. */
    public AttentionSpec(
            float scale, float softcap, boolean causal, int left, int right, boolean doubleSoftmax, Capture captured) {
        this(scale, softcap, causal, left, right, doubleSoftmax, captured, EmptyRows.ZERO_IF_MASKED);
    }

    /** Plain {@code softmax(scale * Q * K' + mask) * V}, as written with single operators. */
    public static AttentionSpec plain(float scale, EmptyRows emptyRows) {
        return new AttentionSpec(scale, 0, false, -1, -1, false, Capture.PRODUCT, emptyRows);
    }

    /** What a query gets that attends no key, so that its weights are 0 / 0. */
    public enum EmptyRows {
        NAN,
        ZERO,
        ZERO_IF_MASKED
    }

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
