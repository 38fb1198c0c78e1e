package org.lanewise.runtime.op;

import org.jspecify.annotations.Nullable;

/**
 * Packed weights ({@link Prepacks.Packed#state()}) whose kernel is chosen by the values that they are multiplied with: a warm-up on other values would leave it to the first request that needs one to
 * have it compiled.
 */
public interface ChoosesByValues {
    /**
     * Something that runs each kernel.
     *
     * @param each to be run by one thread
     * @param runs after so many runs the virtual machine has compiled all, or will soon
     */
    record Kernels(Runnable each, int runs) {}

    /** All kernels that values can choose; {@code null} where there is no choice. */
    @Nullable
    Kernels kernels();
}
