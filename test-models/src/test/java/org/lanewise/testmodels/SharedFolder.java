package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Models and tests too large for this repository, in a folder {@code shared} beside it, or where the system property {@value #PROPERTY} says. Tests that
 * need them are skipped, with the missing path named, where they are not there.
 */
final class SharedFolder {
    static final String PROPERTY = "lanewise.shared";

    private SharedFolder() {}

    /** The file or folder at {@code relative}; skips the calling test when it is not there. */
    static Path require(String relative) {
        Path path = folder().resolve(relative);
        assumeTrue(
                Files.exists(path),
                () -> "skipped: there is no " + path + "; -D" + PROPERTY + "=FOLDER names another folder for it");
        return path;
    }

    private static Path folder() {
        String named = System.getProperty(PROPERTY);
        return named != null ? Path.of(named) : repository().resolveSibling("shared");
    }

    /** The folder of this repository: tests run in that of a module. */
    static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isRegularFile(folder.resolve("lanewise"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "no folder with the script 'lanewise' above " + Path.of("").toAbsolutePath());
        }
        return folder;
    }
}
