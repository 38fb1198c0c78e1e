package org.lanewise.runtime.op;

/** An operator that may be given the memory of an input for an output, so that it writes only what changes: a cache that grows in place. It is the caller of a bound run who decides so. */
public interface UpdatesInput {
    /** The input that output {@code output} continues, -1 for none. Where both are the same memory, the operator reads there what it needs before it overwrites it. */
    int updatedInput(int output);
}
