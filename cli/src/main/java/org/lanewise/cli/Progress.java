package org.lanewise.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error where that is a terminal, and nothing where it is not. */
final class Progress implements AutoCloseable {
    /** Name of the system property with which the {@code lanewise} script says that standard error is a terminal. */
    static final String TERMINAL_PROPERTY = "lanewise.terminal";

    private static final int WIDTH = 80;
    private static final int SHOW_FROM_SECONDS = 2;
    private static final String ERASE_LINE = "\r" + " ".repeat(WIDTH - 1) + "\r";

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** A bar that is full at {@code total}. */
    static Progress of(String task, long total) {
        return new Progress(Boolean.getBoolean(TERMINAL_PROPERTY) ? bar(task, total, System.err) : null);
    }

    /** A bar of milliseconds, where it takes long enough to ask. */
    static Progress ofSeconds(String task, double seconds) {
        return seconds >= SHOW_FROM_SECONDS ? of(task, (long) (seconds * 1000)) : none();
    }

    /** No bar. */
    static Progress none() {
        return new Progress(null);
    }

    private static ProgressBar bar(String task, long total, PrintStream terminal) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) TimeUnit.SECONDS.toMillis(1) / 5)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, Math.min(WIDTH, TerminalWidth.columns())))
                .build();
    }

    /** How far it has come. */
    void to(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** Calls what is done all there was to do. */
    void end() {
        if (bar != null) {
            bar.maxHint(Math.max(1, bar.getCurrent()));
        }
    }

    /** Clears the line for a line of output; the bar comes back by itself. */
    void clearLine() {
        if (bar != null) {
            System.err.print(ERASE_LINE);
            System.err.flush();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
