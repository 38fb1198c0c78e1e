package org.lanewise.runtime.op;

/** An operator whose output may be written over one of its inputs, element by element, when nobody else needs that input. */
public interface InPlace {
    /**
     * The input whose memory output {@code output} may reuse if both have the same type and shape; -1 for none. The kernel must read element {@code i} of
     * the input no later than it writes element {@code i} of the output.
     */
    int reusableInput(int output);
}
