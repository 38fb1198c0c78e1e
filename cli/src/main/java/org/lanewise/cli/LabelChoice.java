package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.ClassNumbers;
import org.lanewise.cli.input.DataSamples;
import org.lanewise.cli.output.Labels;
import org.lanewise.runtime.graph.Model;

/** What {@code --labels} says of the right classes. */
final class LabelChoice {
    private LabelChoice() {}

    /**
     * The right classes of samples.
     *
     * @param option a file, the word {@code folders}, or {@code null}: what the data itself says
     * @param known where the model comes from
     */
    static ClassNumbers of(@Nullable String option, ModelReference known, Model model, DataSamples samples)
            throws IOException {
        if (option == null) {
            return ClassNumbers.of(samples);
        }
        if (option.equals(ClassNumbers.FOLDERS)) {
            List<String> names = Labels.of(
                            known.entry() == null ? null : known.entry().labels(), model.metadata())
                    .names();
            return ClassNumbers.ofFolders(samples, names);
        }
        return ClassNumbers.read(Path.of(option), samples);
    }
}
