package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.PruningReport;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.AugmentedImages;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.prune.LayerSensitivity;
import org.lanewise.quantization.prune.Pruning;
import org.lanewise.quantization.prune.PruningMethod;
import org.lanewise.quantization.prune.PruningOptions;
import org.lanewise.quantization.prune.PruningResult;
import org.lanewise.quantization.prune.PruningScope;
import org.lanewise.quantization.prune.SparsityPattern;
import org.lanewise.runtime.graph.Model;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code lanewise prune}: a dense model into one with zeros in its weights. */
@Command(
        name = "prune",
        description = {
            "Makes weights of a model zero, without training: those of Conv, Gemm and MatMul.",
            "",
            "With --data the weights that stay make up for those that go (second-order), which loses far less than"
                    + " taking the smallest (magnitude).",
            "",
            "DATA is what lanewise compare takes: a folder of images or .npy files, a folder with test_data_set_*"
                    + " folders, a .npy, .csv or CIFAR-10 .bin file."
        })
final class Prune implements Callable<Integer> {
    private static final int DEFAULT_SAMPLES = 500;
    private static final double LARGEST_SHARE = 0.95;
    private static final List<Double> SENSITIVITY_SHARES = List.of(0.5, 0.7, 0.8, 0.9, 0.95);
    private static final List<String> OF_DATA = List.of(
            "--samples",
            "--labels",
            "--sensitivity",
            "--bias-correction",
            "--target-samples",
            "--no-sequence",
            "--augment",
            "--reconstruct");

    /** What --sensitivity alone does not look at: it has its own shares and leaves the model as it is. */
    private static final List<String> OF_OUTPUT =
            List.of("--sparsity", "--scope", "--no-sequence", "--reconstruct", "--sparse-initializer");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The dense model: a file, or zoo:NAME.")
    private String model;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "The file to write; need not be given with --sensitivity.")
    private @Nullable Path output;

    @Option(
            names = "--sparsity",
            paramLabel = "S",
            description =
                    "Share of zeros, such as 0.9, of the weights that are pruned; with a target the largest share of"
                            + " any layer, default 0.95.")
    private @Nullable Double sparsity;

    @Option(
            names = "--pattern",
            paramLabel = "P",
            description =
                    "unstructured (default); 2:4 or 4:8: so many of so many consecutive inputs stay; block2, block4,"
                            + " rows16: so many output channels have their zeros at the same inputs.")
    private String pattern = "unstructured";

    @Option(names = "--method", paramLabel = "M", description = "second-order (default with --data) or magnitude.")
    private @Nullable String method;

    @Option(
            names = "--scope",
            paramLabel = "S",
            description =
                    "layer: the same share for each layer (default by magnitude). global: one threshold for all, of"
                            + " magnitude or, second-order, of what zeros cost at the outputs (default then).")
    private @Nullable String scope;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            arity = "1..*",
            description = "Real inputs, see above; several are taken together.")
    private List<Path> data = List.of();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Use at most N samples, evenly spread; default " + DEFAULT_SAMPLES + ".")
    private int samples = DEFAULT_SAMPLES;

    @Option(
            names = "--augment",
            paramLabel = "A,..",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Calibrate with variants of the images, too: flip (mirrored), shift (moved by up to a tenth). Worth"
                            + " it where there are few; takes up to four times as long.")
    private Set<String> augment = new LinkedHashSet<>();

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "The right classes: as for lanewise compare. A CIFAR-10 file has its own.")
    private @Nullable String labelFile;

    @ArgGroup
    private @Nullable TargetOptions target;

    @Option(
            names = "--target-samples",
            paramLabel = "N",
            description =
                    "Samples compared for a target and --sensitivity; default 32, with labels all of" + " --samples.")
    private @Nullable Integer targetSamples;

    @Option(names = "--sensitivity", description = "Prune each layer alone at several shares and say what that does.")
    private boolean sensitivity;

    @Option(names = "--bias-correction", description = "Let biases make up for what means of outputs lose.")
    private boolean biasCorrection;

    @Option(
            names = "--no-sequence",
            description = "Calibrate each layer on the dense model, not on what the pruned layers before it give.")
    private boolean noSequence;

    @Option(
            names = "--reconstruct",
            paramLabel = "N",
            description =
                    "At the end adapt all weights left together, in N passes over the samples, so that scores come"
                            + " closer to those of the dense model. 20 is usual, together with --augment, without"
                            + " which gains are not sure. A tenth of the samples is kept apart to see whether they"
                            + " do. Default 0: do not.")
    private int reconstruct;

    @Option(
            names = "--include",
            paramLabel = "NAME,..",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Prune layers that stay dense unless told otherwise (small, first, last, depthwise); * stands for"
                            + " any characters.")
    private Set<String> included = new LinkedHashSet<>();

    @Option(
            names = "--exclude",
            paramLabel = "NAME,..",
            split = ",",
            hideParamSyntax = true,
            description = "Layers to leave dense; * stands for any characters.")
    private Set<String> names = new LinkedHashSet<>();

    @Option(
            names = "--exclude-type",
            paramLabel = "OP,..",
            split = ",",
            hideParamSyntax = true,
            description = "Operators to leave dense, such as Gemm.")
    private Set<String> types = new LinkedHashSet<>();

    @Option(
            names = "--sparse-initializer",
            description = "Write weights without their zeros where that is smaller (from two thirds of zeros on).")
    private boolean sparse;

    @Mixin
    private PixelMixin pixels;

    @Mixin
    private SessionMixin session;

    @Mixin
    private JsonMixin json;

    @Override
    public Integer call() throws IOException {
        require(output != null || sensitivity, "-o OUT names the file to write");
        PruningOptions options = options();
        ModelReference reference = ModelReference.of(model);
        checkOutput(reference);
        Model dense = reference.read();
        CalibrationSamples calibration =
                data.isEmpty() ? null : CalibrationSamples.of(data, samples, reference, dense, pixels, labelFile);
        if (calibration != null) {
            TargetOptions.requireLabels(target, calibration);
        }
        boolean labelled = calibration != null && !calibration.labels().isEmpty();
        int compared = calibration == null
                ? options.evaluationSamples()
                : (int) Math.clamp(calibration.size(), 1, compared(labelled));
        PruningOptions chosen = options.withEvaluationSamples(compared);
        CalibrationData inputs = calibration == null || augment.isEmpty()
                ? calibration
                : new AugmentedImages(calibration, augment.contains("flip"), augment.contains("shift"));
        List<LayerSensitivity> sensitivities = List.of();
        PruningResult result = null;
        try (PhaseProgress progress = new PhaseProgress()) {
            if (sensitivity && inputs != null) {
                sensitivities =
                        Pruning.sensitivity(dense, inputs, chosen, SENSITIVITY_SHARES, session.options(), progress);
            }
            if (output != null) {
                result = Pruning.apply(dense, inputs, chosen, session.options(), progress);
            }
        }
        write(reference, result, sensitivities);
        return 0;
    }

    private void write(ModelReference reference, @Nullable PruningResult result, List<LayerSensitivity> sensitivities)
            throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        if (!sensitivities.isEmpty()) {
            object.put("sensitivity", PruningReport.json(sensitivities));
        }
        List<String> lines = PruningReport.lines(sensitivities);
        Path written = output;
        if (result != null && written != null) {
            OnnxWriter.Zeros zeros = sparse ? OnnxWriter.Zeros.SPARSE : OnnxWriter.Zeros.DENSE;
            OutputFile.write(
                    "-o", written, file -> OnnxWriter.write(result.model(), file, OnnxWriter.Weights.AUTOMATIC, zeros));
            PruningReport report = new PruningReport(
                    model, written, ModelSize.of(model, reference.file()), ModelSize.of(model, written), result);
            object.putAll(report.json());
            lines.addAll(report.lines());
        }
        if (json.isOn()) {
            json.print(spec, object);
        } else {
            lines.forEach(spec.commandLine().getOut()::println);
            spec.commandLine().getOut().flush();
        }
    }

    private void checkOutput(ModelReference reference) throws IOException {
        if (output == null) {
            return;
        }
        OutputFile.checkModel("-o", output);
        OutputFile.refuseOverwriting("-o", output, "the model", reference);
        OutputFile.refuseOverwriting("-o", output, data, labelFile);
    }

    private int compared(boolean labelled) {
        if (targetSamples != null) {
            return targetSamples;
        }
        return labelled ? samples : PruningOptions.DEFAULT.evaluationSamples();
    }

    private PruningOptions options() {
        boolean noData = data.isEmpty();
        refuseAlone(!noData);
        for (String variant : augment) {
            require(
                    variant.equals("flip") || variant.equals("shift"),
                    "--augment " + variant + ": expected flip or shift");
        }
        require(samples >= 1, "--samples must be at least 1, got " + samples);
        require(labelFile == null || data.size() == 1, "--labels goes with one DATA, got " + data.size() + " of them");
        SparsityPattern zeros = Choice.of(spec, "--pattern", pattern, SparsityPattern.class, SparsityPattern::toString);
        PruningMethod how = method == null
                ? noData ? PruningMethod.MAGNITUDE : PruningMethod.SECOND_ORDER
                : Choice.of(spec, "--method", method, PruningMethod.class);
        require(!noData || how == PruningMethod.MAGNITUDE, "--method second-order needs --data DATA: real inputs");
        require(reconstruct >= 0, "--reconstruct is a number of passes, 0 or more, got " + reconstruct);
        require(reconstruct == 0 || target == null, "--reconstruct is not for a target, which is measured before it");
        Needs.check(spec, how == PruningMethod.SECOND_ORDER, "--method second-order", "--no-sequence");
        require(
                !zeros.isFixed() || !matched("--scope"),
                "--scope is not for --pattern " + zeros + ": it has one share");
        require(target == null || !matched("--scope"), "--scope is not for a target, which shares zeros out itself");
        try {
            return PruningOptions.DEFAULT
                    .withMethod(how)
                    .withPattern(zeros)
                    .withScope(scope(how))
                    .withSparsity(share(zeros))
                    .withBiasCorrection(biasCorrection)
                    .withSequential(!noSequence)
                    .withInclude(new LayerSelection(included, Set.of()))
                    .withExclude(new LayerSelection(names, types))
                    .withReconstruction(reconstruct)
                    .withTarget(target == null ? null : target.value())
                    .withEvaluationSamples(compared(false));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void refuseAlone(boolean hasData) {
        for (List<String> options : List.of(OF_DATA, TargetOptions.OPTIONS, PixelMixin.OPTIONS, SessionMixin.OPTIONS)) {
            Needs.check(spec, hasData, "--data DATA: real inputs", options);
        }
        Needs.check(spec, output != null, "-o OUT", OF_OUTPUT);
        Needs.check(spec, output != null, "-o OUT", TargetOptions.OPTIONS);
        Needs.check(
                spec,
                sensitivity || target != null,
                "--sensitivity or a target, such as --target-accuracy-loss 1",
                List.of("--target-samples", "--labels"));
    }

    private PruningScope scope(PruningMethod how) {
        if (scope == null) {
            return how == PruningMethod.MAGNITUDE ? PruningScope.LAYER : PruningScope.GLOBAL;
        }
        return Choice.of(spec, "--scope", scope, PruningScope.class);
    }

    private double share(SparsityPattern zeros) {
        if (zeros.isFixed()) {
            require(
                    sparsity == null || sparsity == 0.5,
                    "--pattern " + zeros + " leaves half of the weights; --sparsity can be 0.5 only, got " + sparsity);
            return 0.5;
        }
        if (sparsity == null) {
            require(
                    target != null || output == null,
                    "--sparsity S says how many weights become zero, such as 0.9; or give a target, such as"
                            + " --target-accuracy-loss 1");
            return LARGEST_SHARE;
        }
        require(
                sparsity > 0 && sparsity < 1,
                "--sparsity is the share of weights that become zero, above 0 and below 1, such as 0.8; got "
                        + sparsity
                        + (sparsity > 1 && sparsity < 100 ? " (" + sparsity + " % is " + sparsity / 100 + ")" : ""));
        return sparsity;
    }

    private boolean matched(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
