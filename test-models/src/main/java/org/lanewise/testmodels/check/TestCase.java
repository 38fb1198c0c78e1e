package org.lanewise.testmodels.check;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model and data sets to judge it by.
 *
 * @param name path of its folder within what is checked
 * @param model the model file
 * @param dataSets its data sets, at least one
 * @param random whether its outputs are random, so that there is nothing to compare
 * @param tolerance what the test set itself prescribes, or {@code null}
 */
public record TestCase(
        String name,
        Path model,
        List<DataSet> dataSets,
        boolean random,
        @Nullable Tolerance tolerance) {
    /** Copies the list. */
    public TestCase {
        dataSets = List.copyOf(dataSets);
    }

    /** Whether this is an ONNX backend test: they are called {@code test_...} and {@code light_...}. */
    public boolean isOfficial() {
        String own = name.substring(name.lastIndexOf('/') + 1);
        return own.startsWith("test_") || own.startsWith("light_");
    }
}
