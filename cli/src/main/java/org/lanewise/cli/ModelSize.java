package org.lanewise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.lanewise.cli.output.ComparisonReport.ModelFile;

/** Measures model files, with the weights that lie next to them under the usual names. */
final class ModelSize {
    private static final List<String> WEIGHT_FILES = List.of(".data", "_data");

    private ModelSize() {}

    /** The bytes of a model, called {@code name} in reports. */
    static ModelFile of(String name, Path model) throws IOException {
        long bytes = Files.size(model);
        long compressed = gzipBytes(model);
        for (String ending : WEIGHT_FILES) {
            Path weights = model.resolveSibling(model.getFileName() + ending);
            if (Files.isRegularFile(weights)) {
                bytes += Files.size(weights);
                compressed += gzipBytes(weights);
            }
        }
        return new ModelFile(name, bytes, compressed);
    }

    /** The bytes of a model that {@code lanewise} writes, with its weights. */
    static long bytes(Path model) throws IOException {
        Path weights = model.resolveSibling(model.getFileName() + WEIGHT_FILES.getFirst());
        return Files.size(model) + (Files.isRegularFile(weights) ? Files.size(weights) : 0);
    }

    private static long gzipBytes(Path file) throws IOException {
        Counter counter = new Counter();
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = new GZIPOutputStream(counter, 1 << 16)) {
            in.transferTo(out);
        }
        return counter.bytes;
    }

    /** Counts and forgets. */
    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int value) {
            bytes++;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            bytes += length;
        }
    }
}
