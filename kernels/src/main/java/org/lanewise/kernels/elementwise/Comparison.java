package org.lanewise.kernels.elementwise;

/** The comparisons; any of them is false with a NaN. */
public enum Comparison {
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    /** Whether this is {@link #swapped()} with its operands exchanged, rather than a comparison with a kernel of its own. */
    boolean swaps() {
        return this == GREATER || this == GREATER_OR_EQUAL;
    }

    /** The comparison that gives the same answer with the operands exchanged. */
    Comparison swapped() {
        return switch (this) {
            case EQUAL -> EQUAL;
            case LESS -> GREATER;
            case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
            case GREATER -> LESS;
            case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
        };
    }
}
