package org.lanewise.testmodels;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;

/**
 * Finds real trained models by name: those this module ships, and those that other jars of the class path hold.
 *
 * <p>What is known of a model is in {@code NAME/model.properties} beside this class; {@code zoo.txt} lists the names.
 */
public final class Zoo {
    private Zoo() {}

    /** The names of all models, whether or not the jar that holds them is on the class path, in listing order. */
    public static List<String> names() {
        try (InputStream in = own("zoo.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The model of this name.
     *
     * @throws ZooException if there is none; its message lists the known names and asks whether the nearest was meant
     */
    public static ZooEntry find(String name) {
        List<String> names = names();
        if (!names.contains(name)) {
            String nearest = Collections.min(names, Comparator.comparingInt(known -> editDistance(name, known)));
            boolean near = editDistance(name, nearest) <= nearest.length() / 2;
            throw new ZooException(
                    "no model '" + name + "' in the zoo" + (near ? ", did you mean " + nearest + "?" : "")
                            + "; known models: "
                            + String.join(", ", names.stream().sorted().toList()));
        }
        Properties properties = new Properties();
        try (Reader reader = new InputStreamReader(own(name + "/model.properties"), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ZooEntry.of(name, properties);
    }

    private static InputStream own(String resource) {
        InputStream in = Zoo.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("the zoo's own resource " + resource + " is missing");
        }
        return in;
    }

    /** The Levenshtein distance: how many letters must be inserted, deleted or replaced to turn a into b. */
    static int editDistance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
