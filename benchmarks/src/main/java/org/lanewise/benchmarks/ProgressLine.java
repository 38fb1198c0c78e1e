package org.lanewise.benchmarks;

import java.util.Locale;

/** Says on standard error what is being measured: one changing line on a terminal, a line per work elsewhere. */
final class ProgressLine {
    private final int total;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private final long start = System.nanoTime();
    private int number;
    private String label = "";
    private int shown;

    ProgressLine(int total) {
        this.total = total;
    }

    /** The next work. */
    void next(String work) {
        number++;
        label = work;
        if (!terminal && total > 1) {
            System.err.println("compare: " + place() + work);
        }
    }

    /** What is being done for it. */
    void doing(String what) {
        if (terminal) {
            clear();
            String line = "compare: " + place() + label + ": " + what;
            System.err.print(line);
            System.err.flush();
            shown = line.length();
        }
    }

    /** Removes the line from a terminal. */
    void clear() {
        if (shown > 0) {
            System.err.print("\r" + " ".repeat(shown) + "\r");
            System.err.flush();
            shown = 0;
        }
    }

    private String place() {
        double minutes = (System.nanoTime() - start) / 60e9;
        String left = number == 1
                ? ""
                : String.format(Locale.ROOT, ", about %.0f min left", minutes / (number - 1) * (total - number + 1));
        return number + "/" + total + left + ": ";
    }
}
