package org.lanewise.runtime.op;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An operator that rearranges constant inputs, usually weights, once when the session is built. */
public interface Prepacks {
    /**
     * What a run needs in place of constant inputs.
     *
     * @param state the packed form, immutable, given back by {@link OpContext#packed()}
     * @param consumedInputs inputs that {@link Operator#run} will not ask for, so that their originals can be dropped
     */
    record Packed(Object state, Set<Integer> consumedInputs) {}

    /** Packs what can be packed, or returns {@code null} when there is nothing to gain (the weights are not constant). */
    @Nullable
    Packed prepack(ShapeContext context);
}
