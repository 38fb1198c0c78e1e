package org.lanewise.cli.output;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.InputException;

/**
 * Names of classes in output order.
 *
 * @param names the names; empty when nobody says them
 */
public record Labels(List<String> names) {
    /** The key of a model's metadata that holds the names, separated by commas. */
    private static final String METADATA_KEY = "lanewise.labels";

    /** Copies the list. */
    public Labels {
        names = List.copyOf(names);
    }

    /** Reads a file with a name a line. */
    public static Labels read(Path file) throws IOException {
        try {
            List<String> lines = new ArrayList<>(
                    Files.readAllLines(file).stream().map(String::strip).toList());
            while (!lines.isEmpty() && lines.getLast().isEmpty()) {
                lines.removeLast();
            }
            return new Labels(lines);
        } catch (MalformedInputException e) {
            throw new InputException(file + " is not a text file", e);
        }
    }

    /** The names that a zoo entry has, else those in a model's metadata. */
    public static Labels of(@Nullable List<String> zoo, Map<String, String> metadata) {
        if (zoo != null) {
            return new Labels(zoo);
        }
        String text = metadata.get(METADATA_KEY);
        return new Labels(text == null ? List.of() : List.of(text.split(",", -1)));
    }

    /** Whether there is a name for each of {@code classes} classes. */
    public boolean fits(int classes) {
        return names.size() == classes;
    }
}
