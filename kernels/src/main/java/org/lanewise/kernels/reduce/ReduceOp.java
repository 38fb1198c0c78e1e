package org.lanewise.kernels.reduce;

/** The reductions of ONNX, each over the n elements that share an output. */
public enum ReduceOp {
    /** The sum; 0 of nothing. */
    SUM,
    /** The sum divided by n; NaN of nothing. */
    MEAN,
    /** The greatest; minus infinity (or the least integer) of nothing. NaN if any is NaN. */
    MAX,
    /** The least; infinity (or the greatest integer) of nothing. NaN if any is NaN. */
    MIN,
    /** The product; 1 of nothing. */
    PROD,
    /** The sum of the squares. */
    SUM_SQUARE,
    /** The sum of the absolute values. */
    L1,
    /** The square root of the sum of the squares. */
    L2,
    /** The logarithm of the sum. */
    LOG_SUM,
    /** The logarithm of the sum of the exponentials, without overflow: max + ln(sum e^(x - max)). */
    LOG_SUM_EXP;

    /** What the first pass of a reduction computes; the last pass then finishes. */
    ReduceOp first() {
        return switch (this) {
            case MEAN, LOG_SUM -> SUM;
            case L2 -> SUM_SQUARE;
            case SUM, MAX, MIN, PROD, SUM_SQUARE, L1, LOG_SUM_EXP -> this;
        };
    }

    /** What combines the results of the first pass. */
    ReduceOp next() {
        return switch (this) {
            case SUM, MEAN, SUM_SQUARE, L1, L2, LOG_SUM -> SUM;
            case MAX, MIN, PROD, LOG_SUM_EXP -> this;
        };
    }

    /** The final value from the combined one, where n elements went in. */
    double finish(double combined, long n) {
        return switch (this) {
            case MEAN -> combined / n;
            case L2 -> Math.sqrt(combined);
            case LOG_SUM -> Math.log(combined);
            case SUM, MAX, MIN, PROD, SUM_SQUARE, L1, LOG_SUM_EXP -> combined;
        };
    }
}
