package org.lanewise.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows as lines of text. */
final class Table {
    private static final int LABEL = 40;
    private static final String FORMAT = "%-" + LABEL + "s %3s %22s %10s %22s %18s %12s %s";

    private Table() {}

    static String heading() {
        return "median microseconds [p10 p90]; ratio: tuned ONNX Runtime's time / ours, above 1 we are ahead\n"
                + String.format(FORMAT, "work", "thr", "Lanewise", "ORT", "ORT tuned", "ratio", "target", "max diff");
    }

    static String line(Row row) {
        Times lanewise = row.lanewise();
        Times standard = row.ortDefault();
        Times tuned = row.ortTuned();
        Times ratio = row.ratio();
        if (lanewise == null || standard == null || tuned == null || ratio == null) {
            return String.format(
                    "%-" + LABEL + "s %3d skipped: %s", shorten(row.label()), row.threads(), row.skipped());
        }
        return String.format(
                Locale.ROOT,
                FORMAT,
                shorten(row.label()),
                row.threads(),
                times(lanewise),
                number(standard.median()),
                times(tuned),
                String.format(Locale.ROOT, "%.2f [%.2f %.2f]", ratio.median(), ratio.p10(), ratio.p90()),
                target(ratio.median(), row.target()),
                String.format(Locale.ROOT, "%7.1e ", row.maxDifference()) + (row.failed() ? "FAIL" : "OK"));
    }

    private static String target(double ratio, @Nullable Double target) {
        return target == null ? "-" : String.format(Locale.ROOT, "%.2f %s", target, ratio >= target ? "met" : "missed");
    }

    private static String times(Times times) {
        return number(times.median()) + " [" + number(times.p10()) + " " + number(times.p90()) + "]";
    }

    /** A time with three or four digits that matter. */
    static String number(double micros) {
        return String.format(Locale.ROOT, micros < 10 ? "%.2f" : micros < 100 ? "%.1f" : "%.0f", micros);
    }

    private static String shorten(String label) {
        return label.length() <= LABEL ? label : "..." + label.substring(label.length() - LABEL + 3);
    }
}
