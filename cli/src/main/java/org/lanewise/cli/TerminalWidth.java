package org.lanewise.cli;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** How many columns the terminal has. */
final class TerminalWidth {
    private static final int DEFAULT = 80;
    private static final File TERMINAL = new File("/dev/tty");

    private TerminalWidth() {}

    /** The columns where standard output is a terminal that tells, else 80. */
    static int columns() {
        if (System.console() == null || !System.console().isTerminal()) {
            return DEFAULT;
        }
        try {
            Process process =
                    new ProcessBuilder("stty", "size").redirectInput(TERMINAL).start();
            String text =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
            boolean done = process.waitFor(1, TimeUnit.SECONDS) && process.exitValue() == 0;
            String[] size = text.strip().split(" ");
            return done && size.length == 2 ? Integer.parseInt(size[1]) : DEFAULT;
        } catch (IOException | NumberFormatException e) {
            return DEFAULT; // no such program, or no such terminal
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DEFAULT;
        }
    }
}
