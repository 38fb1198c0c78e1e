package org.lanewise.cli;

import org.lanewise.quantization.ProgressListener;

/** A bar for each phase of quantization or pruning. */
final class PhaseProgress implements ProgressListener, AutoCloseable {
    private Progress bar = Progress.none();
    private String phase = "";

    @Override
    public void progress(String phase, long done, long total) {
        if (!phase.equals(this.phase)) {
            bar.close();
            bar = Progress.of(phase, total);
            this.phase = phase;
        }
        bar.to(done);
    }

    @Override
    public void close() {
        bar.close();
    }
}
