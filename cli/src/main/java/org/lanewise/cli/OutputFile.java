package org.lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a command writes at its end: what cannot be written is said before the work begins. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Refuses what can be no file to write.
     *
     * @param option the option that names it
     */
    static void check(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw new CliException(option + " names a folder: " + file + "; give a file in it");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new CliException("the folder of " + option + " " + file + " does not exist");
        }
        if (!Files.isWritable(folder)) {
            throw new CliException(option + " " + file + " may not be written: the folder takes no files");
        }
    }
}
