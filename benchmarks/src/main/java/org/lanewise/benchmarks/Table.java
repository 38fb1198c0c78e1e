package org.lanewise.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows as lines of text. */
final class Table {
    private static final int LABEL = 40;
    private static final String FORMAT = "%-" + LABEL + "s %3s %22s %10s %22s %18s %12s %s";

    private static final String INT8_FORMAT = "%-" + LABEL + "s %3s %9s %9s %9s %18s %12s %9s %18s %12s %5s %s";

    private static final String SPARSE_FORMAT = "%-" + LABEL + "s %3s %6s %9s %9s %18s %12s %9s %18s %12s %12s  %s";

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
            return skipped(row.label(), row.threads(), row.skipped());
        }
        return String.format(
                Locale.ROOT,
                FORMAT,
                shorten(row.label()),
                row.threads(),
                times(lanewise),
                number(standard.median()),
                times(tuned),
                spread(ratio),
                target(ratio.median(), row.target()),
                String.format(Locale.ROOT, "%7.1e ", row.maxDifference()) + (row.failed() ? "FAIL" : "OK"));
    }

    static String int8Heading() {
        return "median microseconds; ratios above 1: our int8 is faster; size: of the files; agreement with ONNX"
                + " Runtime's outputs in dB\n"
                + String.format(
                        INT8_FORMAT,
                        "work",
                        "thr",
                        "int8",
                        "fp32",
                        "winograd",
                        "fp32 / int8",
                        "target",
                        "ORT int8",
                        "ORT / ours",
                        "target",
                        "size",
                        "dB");
    }

    static String line(Int8Row row) {
        Times int8 = row.int8();
        Times fp32 = row.fp32();
        Times ort = row.ort();
        Times overFp32 = row.overFp32();
        Times overOrt = row.overOrt();
        if (int8 == null || fp32 == null || ort == null || overFp32 == null || overOrt == null) {
            return skipped(row.label(), row.threads(), row.skipped());
        }
        Times winograd = row.winograd();
        return String.format(
                Locale.ROOT,
                INT8_FORMAT,
                shorten(row.label()),
                row.threads(),
                number(int8.median()),
                number(fp32.median()),
                winograd == null ? "-" : number(winograd.median()),
                spread(overFp32),
                target(overFp32.median(), row.targetFp32()),
                number(ort.median()),
                spread(overOrt),
                target(overOrt.median(), row.targetOrt()),
                String.format(Locale.ROOT, "%.0f %%", 100.0 * row.int8Bytes() / row.fp32Bytes()),
                String.format(Locale.ROOT, "%.0f ", row.agreement()) + (row.failed() ? "FAIL" : "OK"));
    }

    static String sparseHeading() {
        return "median microseconds; ratios above 1: our sparse run is faster; zeros: of the weights\n"
                + String.format(
                        SPARSE_FORMAT,
                        "work",
                        "thr",
                        "zeros",
                        "sparse",
                        "dense",
                        "dense / sparse",
                        "target",
                        "ORT",
                        "ORT / ours",
                        "target",
                        "max diff",
                        "kernel");
    }

    static String line(SparseRow row) {
        Times sparse = row.sparse();
        Times dense = row.dense();
        Times ort = row.ort();
        Times overDense = row.overDense();
        Times overOrt = row.overOrt();
        Double maxDifference = row.maxDifference();
        if (sparse == null
                || dense == null
                || ort == null
                || overDense == null
                || overOrt == null
                || maxDifference == null) {
            return skipped(row.label(), row.threads(), row.skipped());
        }
        return String.format(
                Locale.ROOT,
                SPARSE_FORMAT,
                shorten(row.label()),
                row.threads(),
                String.format(Locale.ROOT, "%.1f %%", 100 * row.zeros()),
                number(sparse.median()),
                number(dense.median()),
                spread(overDense),
                target(overDense.median(), row.targetDense()),
                number(ort.median()),
                spread(overOrt),
                target(overOrt.median(), row.targetOrt()),
                String.format(Locale.ROOT, "%7.1e ", maxDifference) + (row.failed() ? "FAIL" : "OK"),
                row.kernels());
    }

    private static String skipped(String label, int threads, @Nullable String reason) {
        return String.format("%-" + LABEL + "s %3d skipped: %s", shorten(label), threads, reason);
    }

    private static String spread(Times ratio) {
        return String.format(Locale.ROOT, "%.2f [%.2f %.2f]", ratio.median(), ratio.p10(), ratio.p90());
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
