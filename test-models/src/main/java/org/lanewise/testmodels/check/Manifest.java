package org.lanewise.testmodels.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a test set says about its tests. */
final class Manifest {
    private static final String FILE = "MANIFEST.tsv";

    private Manifest() {}

    /** The tests that {@code MANIFEST.tsv}, in the folder or above it, marks as random. */
    static Set<String> randomTests(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Path above = folder.toAbsolutePath().normalize().getParent();
        if (!Files.isRegularFile(file) && above != null) {
            file = above.resolve(FILE);
        }
        if (!Files.isRegularFile(file)) {
            return Set.of();
        }
        List<String> lines = Files.readAllLines(file);
        List<String> header = lines.isEmpty() ? List.of() : columns(lines.getFirst());
        int nameColumn = header.indexOf("name");
        int randomColumn = header.indexOf("random");
        if (nameColumn < 0 || randomColumn < 0) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> columns = columns(line);
            if (columns.size() > Math.max(nameColumn, randomColumn)
                    && columns.get(randomColumn).equals("random")) {
                names.add(columns.get(nameColumn));
            }
        }
        return names;
    }

    /** Adds the tolerance that a {@code data.json} prescribes, under the file name of its model's URL. */
    static void readTolerance(Path file, Map<String, Tolerance> prescribed) throws IOException {
        String json = Files.readString(file);
        String url = find(json, "\"url\"\\s*:\\s*\"([^\"]*)\"");
        String rtol = find(json, "\"rtol\"\\s*:\\s*([-+0-9.eE]+)");
        String atol = find(json, "\"atol\"\\s*:\\s*([-+0-9.eE]+)");
        if (url == null || rtol == null || atol == null) {
            return;
        }
        try {
            prescribed.put(
                    url.substring(url.lastIndexOf('/') + 1),
                    new Tolerance(Double.parseDouble(rtol), Double.parseDouble(atol), false));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": rtol and atol must be numbers from 0 on, got " + rtol + " and " + atol, e);
        }
    }

    private static List<String> columns(String line) {
        return Arrays.asList(line.split("\t", -1));
    }

    private static @Nullable String find(String text, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }
}
