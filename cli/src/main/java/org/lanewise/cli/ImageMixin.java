package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.ImageFile;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.ImageInput;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that make an image an input. */
final class ImageMixin {
    @Option(names = "--image", paramLabel = "FILE", description = "An image (PNG, JPEG, BMP, GIF) as input.")
    private @Nullable Path image;

    @Mixin
    private PixelMixin pixels;

    boolean isGiven() {
        return image != null;
    }

    /**
     * The image as a value of {@code input}.
     *
     * @param metadata what the zoo or the model says, under the keys of {@link ImageInput}
     */
    ImageFile read(ValueInfo input, Map<String, String> metadata) throws IOException {
        Path file = image;
        if (file == null) {
            throw new IllegalStateException("no image is given");
        }
        if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape ignored))) {
            throw new CliException("input " + input + " takes no image");
        }
        return ImageFile.read(file, pixels.how(input, metadata), type);
    }

    /** The one input that an image can be, of those that nothing else is given for. */
    static ValueInfo imageInput(List<ValueInfo> candidates) {
        List<ValueInfo> fitting = candidates.stream()
                .filter(input -> input.type() instanceof ValueType.Of(DataType type, PartialShape shape)
                        && (type.isFloating() || type == DataType.UINT8 || type == DataType.INT8)
                        && (!shape.isRanked() || shape.rank() == 3 || shape.rank() == 4))
                .toList();
        if (fitting.size() != 1) {
            throw new CliException("--image needs a model with exactly one input that can be an image, this one has "
                    + fitting.size() + " among " + candidates);
        }
        return fitting.getFirst();
    }
}
