package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.QuantizationReport;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.ActivationType;
import org.lanewise.quantization.CalibrationMethod;
import org.lanewise.quantization.DynamicQuantization;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.QuantizationResult;
import org.lanewise.quantization.QuantizedFormat;
import org.lanewise.quantization.StaticOptions;
import org.lanewise.quantization.StaticQuantization;
import org.lanewise.quantization.WeightOnlyOptions;
import org.lanewise.quantization.WeightOnlyQuantization;
import org.lanewise.runtime.graph.Model;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code lanewise quantize}: an fp32 model into one of small integers. */
@Command(
        name = "quantize",
        description = {
            "Makes a model of small integers out of an fp32 model, without training.",
            "",
            "static: int8 weights and 8-bit activations whose ranges are measured on --calibrate; for convolutions."
                    + " dynamic: int8 weights, activations quantized as they come; for transformers, needs no data."
                    + " weight-only: weights in 4 or 8 bits, activations fp32.",
            "",
            "DATA is what lanewise compare takes: a folder of images or .npy files, a folder with test_data_set_*"
                    + " folders, a .npy, .csv or CIFAR-10 .bin file."
        })
final class Quantize implements Callable<Integer> {
    private static final int DEFAULT_SAMPLES = 500;
    private static final List<String> OF_STATIC = List.of(
            "--method",
            "--percentile",
            "--activations",
            "--format",
            "--equalize",
            "--bias-correction",
            "--target-samples");
    private static final List<String> OF_WEIGHT_ONLY =
            List.of("--bits", "--block", "--symmetric", "--rounding", "--store");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The fp32 model: a file, or zoo:NAME.")
    private String model;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            required = true,
            description = "The file to write.")
    private @Nullable Path output;

    @Option(
            names = "--calibrate",
            paramLabel = "DATA",
            arity = "1..*",
            description = "Real inputs, see above; several are taken together.")
    private List<Path> data = List.of();

    @Option(
            names = "--mode",
            paramLabel = "M",
            description = "static (default with --calibrate), dynamic or weight-only.")
    private @Nullable String mode;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Calibrate with at most N samples, evenly spread; default " + DEFAULT_SAMPLES + ".")
    private int samples = DEFAULT_SAMPLES;

    @Option(
            names = "--method",
            paramLabel = "M",
            description = "static: how ranges are chosen: min-max (default), percentile, entropy or mse.")
    private String method = "min-max";

    @Option(
            names = "--percentile",
            paramLabel = "P",
            description = "static: percent of the values within the range, for --method percentile; default 99.99.")
    private double percentile = StaticOptions.DEFAULT_PERCENTILE;

    @Option(
            names = "--activations",
            paramLabel = "T",
            description = "static: uint8-asymmetric (default) or int8-symmetric.")
    private String activations = "uint8-asymmetric";

    @Option(names = "--per-tensor", description = "static, dynamic: one scale for all channels of weights.")
    private boolean perTensor;

    @Option(names = "--format", paramLabel = "F", description = "static: qdq (default) or qoperator.")
    private String format = "qdq";

    @Option(names = "--equalize", description = "static: even out weights across layers first.")
    private boolean equalize;

    @Option(names = "--bias-correction", description = "static: let biases make up for the mean error of weights.")
    private boolean biasCorrection;

    @Option(names = "--bits", paramLabel = "B", description = "weight-only: 4 (default) or 8.")
    private int bits = 4;

    @Option(names = "--block", paramLabel = "N", description = "weight-only: weights that share a scale; default 32.")
    private int block = 32;

    @Option(names = "--symmetric", description = "weight-only: without zero points.")
    private boolean symmetric;

    @Option(
            names = "--rounding",
            paramLabel = "R",
            description = "weight-only: nearest (default) or gptq, which needs --calibrate.")
    private String rounding = "nearest";

    @Option(
            names = "--store",
            paramLabel = "S",
            description = "weight-only: matmul-nbits (default) or dequantize-linear.")
    private String store = "matmul-nbits";

    @Option(
            names = "--convolutions",
            description = "dynamic: Conv, too, as ConvInteger: smaller, but slower than fp32; static is faster.")
    private boolean convolutions;

    @Option(names = "--no-embeddings", description = "Leave tables that Gather reads in fp32.")
    private boolean noEmbeddings;

    @Option(
            names = "--exclude",
            paramLabel = "NAME,..",
            split = ",",
            hideParamSyntax = true,
            description = "Layers to leave in fp32; * stands for any characters.")
    private Set<String> names = new LinkedHashSet<>();

    @Option(
            names = "--exclude-type",
            paramLabel = "OP,..",
            split = ",",
            hideParamSyntax = true,
            description = "Operators to leave in fp32, such as Gemm.")
    private Set<String> types = new LinkedHashSet<>();

    @ArgGroup
    private @Nullable TargetOptions target;

    @Option(
            names = "--target-samples",
            paramLabel = "N",
            description = "Samples compared for the target; default 32, for --target-accuracy-loss all of --samples.")
    private @Nullable Integer targetSamples;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "The right classes, for --target-accuracy-loss: as for lanewise compare. A CIFAR-10 file has"
                    + " its own.")
    private @Nullable String labelFile;

    @Option(names = "--verbose", description = "Show every layer with its ranges.")
    private boolean verbose;

    @Mixin
    private PixelMixin pixels;

    @Mixin
    private SessionMixin session;

    @Mixin
    private JsonMixin json;

    /** The ways to quantize. */
    private enum Mode {
        STATIC,
        DYNAMIC,
        WEIGHT_ONLY
    }

    @Override
    public Integer call() throws IOException {
        Mode chosen = mode();
        if (samples < 1) {
            throw new ParameterException(spec.commandLine(), "--samples must be at least 1, got " + samples);
        }
        ModelReference reference = ModelReference.of(model);
        Path written = Objects.requireNonNull(output);
        OutputFile.checkModel("-o", written);
        OutputFile.refuseOverwriting("-o", written, "the model", reference);
        OutputFile.refuseOverwriting("-o", written, data, labelFile);
        Model fp32 = reference.read();
        QuantizationResult result;
        try (PhaseProgress progress = new PhaseProgress()) {
            result = switch (chosen) {
                case STATIC ->
                    StaticQuantization.apply(
                            fp32, calibration(reference, fp32), staticOptions(), session.options(), progress);
                case DYNAMIC ->
                    DynamicQuantization.apply(
                            fp32, new DynamicQuantization.Options(!perTensor, !noEmbeddings, convolutions, exclude()));
                case WEIGHT_ONLY ->
                    WeightOnlyQuantization.apply(
                            fp32,
                            data.isEmpty() ? null : calibration(reference, fp32),
                            weightOnlyOptions(),
                            session.options(),
                            progress);
            };
        }
        OutputFile.write("-o", written, file -> OnnxWriter.write(result.model(), file));
        QuantizationReport report = new QuantizationReport(
                model, written, ModelSize.bytes(reference.file()), ModelSize.bytes(written), result);
        if (json.isOn()) {
            json.print(spec, report.json());
        } else {
            report.lines(verbose).forEach(spec.commandLine().getOut()::println);
            if (chosen == Mode.DYNAMIC && !convolutions && hasConvolutionsLeft(result)) {
                spec.commandLine()
                        .getOut()
                        .println("--calibrate DATA quantizes convolutions statically; --convolutions dynamically:"
                                + " smaller, but slower than fp32");
            }
            spec.commandLine().getOut().flush();
        }
        return 0;
    }

    private boolean hasConvolutionsLeft(QuantizationResult result) {
        return result.layers().stream()
                .anyMatch(layer -> !layer.isQuantized() && layer.operator().equals("Conv") && !types.contains("Conv"));
    }

    private Mode mode() {
        if (mode == null && data.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--calibrate DATA gives real inputs to measure ranges on; without, choose --mode dynamic or"
                            + " --mode weight-only, which need none");
        }
        Mode chosen = mode == null ? Mode.STATIC : Choice.of(spec, "--mode", mode, Mode.class);
        if (chosen == Mode.STATIC && data.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--mode static needs --calibrate DATA: real inputs to measure ranges on");
        }
        Needs.check(spec, chosen == Mode.STATIC, "--mode static", OF_STATIC);
        Needs.check(spec, chosen == Mode.STATIC, "--mode static", TargetOptions.OPTIONS);
        Needs.check(spec, chosen == Mode.WEIGHT_ONLY, "--mode weight-only", OF_WEIGHT_ONLY);
        Needs.check(spec, chosen == Mode.DYNAMIC, "--mode dynamic", "--convolutions");
        Needs.check(spec, chosen != Mode.WEIGHT_ONLY, "--mode static or --mode dynamic", "--per-tensor");
        if (!data.isEmpty()
                && (chosen == Mode.DYNAMIC || chosen == Mode.WEIGHT_ONLY && !rounding.equalsIgnoreCase("gptq"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--calibrate is for --mode static and for --mode weight-only --rounding gptq; "
                            + (chosen == Mode.DYNAMIC ? "dynamic" : "--rounding " + rounding) + " looks at no data");
        }
        if (data.isEmpty() && chosen == Mode.WEIGHT_ONLY && rounding.equalsIgnoreCase("gptq")) {
            throw new ParameterException(
                    spec.commandLine(), "--rounding gptq needs --calibrate DATA: real inputs to weigh errors by");
        }
        String calibrated = "--calibrate DATA, with --mode static or --mode weight-only --rounding gptq";
        Needs.check(spec, !data.isEmpty(), calibrated, "--samples");
        Needs.check(spec, !data.isEmpty(), calibrated, PixelMixin.OPTIONS);
        Needs.check(spec, !data.isEmpty(), calibrated, SessionMixin.OPTIONS);
        Needs.check(spec, method.equalsIgnoreCase("percentile"), "--method percentile", "--percentile");
        Needs.check(spec, target != null, "a target, such as --target-sqnr 30", "--target-samples");
        Needs.check(spec, target != null && target.isLoss(), "--target-accuracy-loss", "--labels");
        if (labelFile != null && data.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "--labels goes with one DATA, got " + data.size() + " of them");
        }
        return chosen;
    }

    private CalibrationSamples calibration(ModelReference reference, Model fp32) throws IOException {
        CalibrationSamples calibration = CalibrationSamples.of(data, samples, reference, fp32, pixels, labelFile);
        TargetOptions.requireLabels(target, calibration);
        return calibration;
    }

    private LayerSelection exclude() {
        return new LayerSelection(names, types);
    }

    private StaticOptions staticOptions() {
        try {
            return StaticOptions.DEFAULT
                    .withMethod(Choice.of(spec, "--method", method, CalibrationMethod.class))
                    .withPercentile(percentile)
                    .withActivations(Choice.of(spec, "--activations", activations, ActivationType.class))
                    .withPerChannel(!perTensor)
                    .withFormat(Choice.of(spec, "--format", format, QuantizedFormat.class))
                    .withEqualization(equalize)
                    .withBiasCorrection(biasCorrection)
                    .withEmbeddings(!noEmbeddings)
                    .withExclude(exclude())
                    .withTarget(target == null ? null : target.value())
                    .withEvaluationSamples(compared());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int compared() {
        if (targetSamples != null) {
            return targetSamples;
        }
        return target != null && target.isLoss() ? samples : StaticOptions.DEFAULT.evaluationSamples();
    }

    private WeightOnlyOptions weightOnlyOptions() {
        try {
            return WeightOnlyOptions.DEFAULT
                    .withBits(bits)
                    .withBlockSize(block)
                    .withSymmetric(symmetric)
                    .withRounding(Choice.of(spec, "--rounding", rounding, WeightOnlyOptions.Rounding.class))
                    .withFormat(Choice.of(spec, "--store", store, WeightOnlyOptions.Format.class))
                    .withEmbeddings(!noEmbeddings)
                    .withExclude(exclude());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
