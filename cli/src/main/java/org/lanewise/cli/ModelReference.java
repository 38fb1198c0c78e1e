package org.lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.testmodels.ImageInput;
import org.lanewise.testmodels.Zoo;
import org.lanewise.testmodels.ZooEntry;

/**
 * A model as the user names it: a file, or {@code zoo:NAME}.
 *
 * @param file the model file
 * @param entry what the zoo knows of it, or {@code null} for a file
 */
record ModelReference(Path file, @Nullable ZooEntry entry) {
    private static final String ZOO = "zoo:";

    /**
     * Finds the model.
     *
     * @throws CliException if there is no such file
     * @throws org.lanewise.testmodels.ZooException if the zoo has no such model
     */
    static ModelReference of(String text) {
        if (text.toLowerCase(Locale.ROOT).startsWith(ZOO)) {
            ZooEntry entry = Zoo.find(text.substring(ZOO.length()));
            return new ModelReference(entry.model(), entry);
        }
        Path file = Path.of(text);
        if (!Files.exists(file)) {
            throw new CliException("no such model file: " + text);
        }
        if (Files.isDirectory(file)) {
            Path inside = file.resolve("model.onnx");
            if (!Files.isRegularFile(inside)) {
                throw new CliException(text + " is a folder without model.onnx, expected a model file or zoo:NAME");
            }
            file = inside;
        }
        return new ModelReference(file, null);
    }

    /** Reads it. Whatever a file is called, ONNX is the format there is. */
    Model read() {
        try {
            return ModelFormat.forFile("model.onnx").read(file);
        } catch (ModelFormatException e) {
            String message = String.valueOf(e.getMessage());
            if (message.startsWith(file + ": at byte 0: field")) { // it does not even begin like one
                throw new CliException(
                        file + " is no ONNX model, or damaged: " + message.substring((file + ": ").length()), e);
            }
            throw e;
        }
    }

    /** Reads it for a command that runs it: it must have outputs. */
    Model readToRun() {
        Model model = read();
        if (model.graph().outputs().isEmpty()) {
            throw new CliException("graph '" + model.graph().name() + "' has no outputs: there is nothing to compute");
        }
        return model;
    }

    /** What is said of the model's images and classes: the zoo knows a model as its metadata does, and also models that have none. */
    Map<String, String> metadata(Model model) {
        ImageInput known = entry == null ? null : entry.image();
        return known == null ? model.metadata() : ImageKeys.of(known);
    }
}
