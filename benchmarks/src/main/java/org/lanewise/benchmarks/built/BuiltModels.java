package org.lanewise.benchmarks.built;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.graph.Model;

/**
 * Builds models by name and keeps them as files outside the source tree, so that every runtime reads the same one.
 *
 * <p>Names: {@code built:resnet50}, {@code built:mobilenetv2}, {@code built:vgg16}, {@code built:bert-base-SEQUENCE}, each with {@code -sparseNN} at the
 * end for NN percent of zero weights, {@code -sparseNNxC} for the same in blocks of C output channels, {@code -2of4} for at most 2 of 4 inputs in a row, or {@code -normal} for normally distributed ones, as trained weights nearly are; {@code conv:CIN,COUT,K,STRIDE,SIZE[,GROUP][*REPEAT]} and {@code gemm:M,N,K}.
 */
public final class BuiltModels {
    /** Metadata of a model: what this plus the name of an integer input says is its least value and the first one too large. */
    public static final String RANGE = "lanewise.range.";

    /** The system property that names another folder for the models. */
    public static final String FOLDER_PROPERTY = "lanewise.bench.cache";

    /** To be raised when a builder changes, so that old files are not used. */
    private static final int VERSION = 1;

    private static final long SEED = 20_150_512;
    private static final Pattern SPARSE = Pattern.compile("(.+)-(sparse\\d.*|\\d+of\\d+)");
    private static final String NORMAL = "-normal";
    private static final Pattern CONV = Pattern.compile("conv:(\\d+(?:,\\d+){4,5})(?:\\*(\\d+))?");
    private static final Pattern GEMM = Pattern.compile("gemm:(\\d+(?:,\\d+){2})");
    private static final Pattern BERT = Pattern.compile("built:bert-base-(\\d{1,3})");

    private BuiltModels() {}

    /** Whether {@code name} is for this class to find. */
    public static boolean knows(String name) {
        return name.startsWith("built:") || name.startsWith("conv:") || name.startsWith("gemm:");
    }

    /**
     * The file of a model, built on first use.
     *
     * @throws IllegalArgumentException if there is no such model; the message says what there is
     */
    public static Path file(String name) throws IOException {
        Path folder = folder();
        Path file = folder.resolve(name.replaceAll("[^A-Za-z0-9.-]", "_") + "-v" + VERSION + ".onnx");
        if (!Files.isRegularFile(file)) {
            Model model = build(name);
            Files.createDirectories(folder);
            OnnxWriter.write(model, file);
        }
        return file;
    }

    /** Builds a model. */
    static Model build(String name) {
        if (name.endsWith(NORMAL)) {
            return build(name.substring(0, name.length() - NORMAL.length()), Weights.normal(SEED));
        }
        Matcher sparse = SPARSE.matcher(name);
        return sparse.matches()
                ? build(sparse.group(1), Weights.of(SEED, Mask.of(sparse.group(2))))
                : build(name, Weights.of(SEED, Mask.NONE));
    }

    private static Model build(String name, Weights weights) {
        Matcher bert = BERT.matcher(name);
        if (bert.matches()) {
            return Bert.base(Integer.parseInt(bert.group(1))).model(weights);
        }
        Matcher conv = CONV.matcher(name);
        if (conv.matches()) {
            int[] d = numbers(conv.group(1));
            int repeat = conv.group(2) == null ? 1 : Integer.parseInt(conv.group(2));
            return Layers.conv(weights, d[0], d[1], d[2], d[3], d[4], d.length > 5 ? d[5] : 1, repeat);
        }
        Matcher gemm = GEMM.matcher(name);
        if (gemm.matches()) {
            int[] d = numbers(gemm.group(1));
            return Layers.gemm(weights, d[0], d[1], d[2]);
        }
        return switch (name) {
            case "built:resnet50" -> ConvNets.resnet50(weights);
            case "built:mobilenetv2" -> ConvNets.mobilenetV2(weights);
            case "built:vgg16" -> ConvNets.vgg16(weights);
            default ->
                throw new IllegalArgumentException("'" + name + "': expected built:resnet50, built:mobilenetv2,"
                        + " built:vgg16 or built:bert-base-SEQUENCE, each also with -sparseNN;"
                        + " conv:CIN,COUT,K,STRIDE,SIZE[,GROUP][*REPEAT] or gemm:M,N,K");
        };
    }

    private static int[] numbers(String list) {
        return Arrays.stream(list.split(",", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /** Where models are kept. */
    public static Path folder() {
        String named = System.getProperty(FOLDER_PROPERTY);
        if (named != null) {
            return Path.of(named);
        }
        String userCache = System.getenv("XDG_CACHE_HOME");
        Path base = userCache != null && Path.of(userCache).isAbsolute()
                ? Path.of(userCache)
                : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("lanewise").resolve("bench");
    }
}
