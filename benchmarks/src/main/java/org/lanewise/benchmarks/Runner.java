package org.lanewise.benchmarks;

import java.util.Map;

/** One runtime with one model and its inputs, ready to run. */
interface Runner extends AutoCloseable {
    /** Runs for about so long, at least once, and returns how long each run took, in microseconds. */
    double[] run(double seconds) throws Exception;

    /** The outputs of a run, as floats, by name; those that hold no numbers are left out. */
    Map<String, float[]> outputs() throws Exception;

    @Override
    void close() throws Exception;
}
