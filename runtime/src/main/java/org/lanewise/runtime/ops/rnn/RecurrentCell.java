package org.lanewise.runtime.ops.rnn;

/** One step of one direction for sequences {@code from} to {@code to} of the batch. */
@FunctionalInterface
interface RecurrentCell {
    /**
     * Replaces the states in {@code run} of the active sequences by those after step {@code step}.
     *
     * @param scratch what {@link RecurrentRun#product} needs
     */
    void step(RecurrentRun run, int direction, int step, int from, int to, float[] scratch);
}
