package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.lanewise.loaders.onnx.OnnxModelFormat;

/** Files that a command writes at its end: what cannot be written is said before the work begins. */
final class OutputFile {
    /** What other programs call standard output. Here only {@code compare --json} goes there: other commands report on it. */
    static final String STANDARD_OUTPUT = "-";

    private OutputFile() {}

    /**
     * Refuses what can be no file to write.
     *
     * @param option the option that names it
     */
    static void check(String option, Path file) {
        if (file.toString().equals(STANDARD_OUTPUT)) {
            throw new CliException(
                    option + " - does not write to standard output: give a file, ./- for one of that name");
        }
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

    /** The same for a model, which is written beside the file and takes its place at the end: a device would be gone then. */
    static void checkModel(String option, Path file) {
        check(option, file);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CliException(option + " names a device, not a file: " + file);
        }
    }

    /** Writes to a file. */
    interface Content {
        void writeTo(Path file) throws IOException;
    }

    /** Writes a file; if that fails says which, as the option called it. */
    static void write(String option, Path file, Content content) {
        try {
            content.writeTo(file);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "the folder takes no such file" : e.getReason();
            throw new CliException(option + " " + file + " cannot be written: " + reason, e);
        } catch (IOException e) {
            throw new CliException(option + " " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Refuses to write over what is read.
     *
     * @param option the option that names the file to write
     * @param what is read, such as {@code the model}
     */
    static void refuseOverwriting(String option, Path file, String what, Path read) throws IOException {
        if (Files.exists(file) && Files.exists(read) && Files.isSameFile(file, read)) {
            throw new CliException(option + " names " + what + " itself: give another file, that one is worth keeping");
        }
    }

    /** The same for a model and the files its weights lie in. */
    static void refuseOverwriting(String option, Path file, String what, ModelReference read) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        refuseOverwriting(option, file, what, read.file());
        for (Path weights : OnnxModelFormat.externalFiles(read.file())) {
            refuseOverwriting(option, file, "the file with the weights of " + what, weights);
        }
    }

    /** The same for data, and for the file of labels where it is one. */
    static void refuseOverwriting(String option, Path file, Collection<Path> data, @Nullable String labels)
            throws IOException {
        for (Path read : data) {
            refuseOverwriting(option, file, "the data", read);
        }
        if (labels != null) {
            refuseOverwriting(option, file, "the labels", Path.of(labels));
        }
    }
}
