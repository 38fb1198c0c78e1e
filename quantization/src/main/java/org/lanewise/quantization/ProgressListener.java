package org.lanewise.quantization;

/** Hears how far quantization or pruning has come. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (phase, done, total) -> {};

    /**
     * A step is done.
     *
     * @param phase what is under way, such as {@code calibrating}
     * @param done steps of it that are done
     * @param total steps it has
     */
    void progress(String phase, long done, long total);
}
