package org.lanewise.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of the table of quantized models.
 *
 * @param label what the table calls it
 * @param int8 the quantized model, by a name that {@link Workload#of} takes
 * @param fp32 the model that it was made from
 * @param overFp32 the wanted ratio of the fp32 model's time to the quantized one's; null where there is none
 * @param overOrt the wanted ratio of ONNX Runtime's time to ours, both for the quantized model
 */
record Int8Work(
        String label,
        String int8,
        String fp32,
        @Nullable Double overFp32,
        @Nullable Double overOrt) implements TableWork {
    private static final Pattern WINOGRAD = Pattern.compile("conv:\\d+,\\d+,3,1,.*");

    /** The works of the table. */
    static List<Int8Work> standard() {
        InputStream in = Int8Work.class.getResourceAsStream("int8works.txt");
        if (in == null) {
            throw new IllegalStateException("int8works.txt is missing");
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Int8Work::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A work by its label or the name of its quantized model; any other model of {@link QuantizedModels} will do as well. */
    static Int8Work of(String name) {
        return standard().stream()
                .filter(work -> work.label.equals(name) || work.int8.equals(name))
                .findFirst()
                .orElseGet(() -> made(name));
    }

    private static Int8Work made(String name) {
        if (!QuantizedModels.knows(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "': expected a line of compare --int8 --list, or one of qdq:MODEL,"
                            + " bytes:MODEL, dynamic:MODEL, weights8:MODEL, weights4:MODEL");
        }
        return new Int8Work(name, name, name.substring(name.indexOf(':') + 1), null, null);
    }

    /** Whether the fp32 model is a layer that Winograd's algorithm is for: it then runs with and without. */
    boolean hasWinograd() {
        return WINOGRAD.matcher(fp32).matches();
    }

    @Override
    public String name() {
        return int8;
    }

    @Override
    public void prepare(Consumer<String> progress) throws IOException {
        if (QuantizedModels.knows(int8)) {
            progress.accept("quantizing");
            QuantizedModels.write(int8);
        }
    }

    @Override
    public Int8Row measure(Measurement way, Consumer<String> progress) throws Exception {
        return new Int8Measurement(way).of(this, progress);
    }

    @Override
    public Int8Row skipped(int threads, String reason) {
        return Int8Row.skipped(this, threads, reason);
    }

    private static Int8Work parse(String line) {
        String[] fields = line.split("\\s*\\|\\s*", -1);
        if (fields.length != 5) {
            throw new IllegalStateException("int8works.txt: '" + line + "': expected 5 fields");
        }
        return new Int8Work(fields[0], fields[1], fields[2], target(fields[3]), target(fields[4].strip()));
    }

    private static @Nullable Double target(String field) {
        return field.equals("-") ? null : Double.valueOf(field);
    }
}
