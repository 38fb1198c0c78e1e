package org.lanewise.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.optimize.Pipeline;
import org.lanewise.runtime.optimize.SparseFinding;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.SessionOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanewise inspect}: what a model is made of. */
@Command(
        name = "inspect",
        description = {
            "Shows what a model is made of and what of it is unsupported, without running it.",
            "",
            "Exit code 0 if the file is a model, whether or not all of it is supported."
        })
final class Inspect implements Callable<Integer> {
    private static final int KIB = 1024;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "A model file, or zoo:NAME.")
    private String model;

    @Mixin
    private JsonMixin json;

    @Option(
            names = "--optimized",
            description =
                    "Show what the graph passes do, what they nearly do and why they do not, and the operators that"
                            + " are left.")
    private boolean optimized;

    @Option(
            names = "--no-winograd",
            description = "With --optimized: the passes without the one that allows Winograd's transforms.")
    private boolean noWinograd;

    @Option(
            names = "--no-int8",
            description = "With --optimized: the passes without those that compute quantized models on bytes.")
    private boolean noInt8;

    @Option(
            names = "--no-sparse",
            description = "Do not show weights with zeros, nor, with --optimized, the pass that leaves them out.")
    private boolean noSparse;

    @Option(
            names = "--sparse",
            description =
                    "Show the weights with zeros and what leaving them out is expected to gain; shown anyway if there"
                            + " are some.")
    private boolean sparse;

    @Override
    public Integer call() {
        Needs.check(spec, optimized, "--optimized", List.of("--no-winograd", "--no-int8"));
        Needs.check(spec, !noSparse, "--no-sparse to be left out", "--sparse");
        Model read = ModelReference.of(model).read();
        GraphSummary summary = new GraphSummary(read.graph());
        String contradiction = summary.unsupported().isEmpty() ? contradiction(read) : null;
        Pipeline.@Nullable Result passes = optimized && summary.unsupported().isEmpty() && contradiction == null
                ? SessionOptions.DEFAULT
                        .withWinograd(!noWinograd)
                        .withQuantizedFusion(!noInt8)
                        .withSparseWeights(!noSparse)
                        .pipeline()
                        .run(read.graph(), Integer.MAX_VALUE)
                : null;
        boolean fits = summary.unsupported().isEmpty() && contradiction == null;
        List<SparseFinding> findings =
                fits && !noSparse && (sparse || SparseSurvey.pays(read.graph())) ? SparseSurvey.of(read.graph()) : null;
        if (json.isOn()) {
            json.print(spec, object(read, summary, contradiction, passes, findings));
        } else {
            PrintWriter out = spec.commandLine().getOut();
            print(out, read, summary, contradiction);
            if (findings != null) {
                SparseSurvey.print(out, findings);
            }
            printPasses(out, passes);
            out.flush();
        }
        return 0;
    }

    /** What in the graph does not fit together, or {@code null}. */
    private static @Nullable String contradiction(Model read) {
        try {
            Inference.of(read.graph());
            return null;
        } catch (InferenceException e) {
            return e.getMessage();
        }
    }

    private void print(PrintWriter out, Model read, GraphSummary summary, @Nullable String contradiction) {
        out.println("graph       " + read.graph().name());
        out.println("format      ONNX, IR version " + read.irVersion());
        out.println("opsets      " + opsets(read));
        if (!read.producer().isBlank()) {
            out.println("producer    " + read.producer());
        }
        if (!read.doc().isBlank()) {
            out.println("doc         " + read.doc().lines().findFirst().orElse(""));
        }
        read.metadata().forEach((key, value) -> out.println("metadata    " + key + "=" + value));
        inputs(read).forEach(input -> out.println("input       " + input));
        read.graph().outputs().forEach(output -> out.println("output      " + output));
        out.printf(
                Locale.ROOT,
                "parameters  %,d in %d constants, %s%n",
                summary.parameters(),
                summary.constants(),
                size(summary.bytes()));
        out.printf("operators   %d kinds, %d nodes%n", summary.operators().size(), summary.nodes());
        printOperators(out, summary);
        if (contradiction != null) {
            out.println("warning     " + contradiction);
        }
        out.println("unsupported "
                + (summary.unsupported().isEmpty()
                        ? "nothing"
                        : summary.unsupported().size() + " nodes"));
        summary.unsupported().forEach(reason -> out.println("            " + reason));
    }

    private static void printOperators(PrintWriter out, GraphSummary summary) {
        summary.operators().entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(entry -> out.printf("%12s%-32s %6d%n", "", entry.getKey(), entry.getValue()));
    }

    private void printPasses(PrintWriter out, Pipeline.@Nullable Result passes) {
        if (!optimized) {
            return;
        }
        if (passes == null) {
            out.println("passes      none run: the graph must be supported and fit together first");
            return;
        }
        GraphSummary after = new GraphSummary(passes.graph());
        PassTable.print(out, passes.reports());
        out.printf("optimized   %d kinds, %d nodes%n", after.operators().size(), after.nodes());
        printOperators(out, after);
    }

    private static List<ValueInfo> inputs(Model read) {
        return read.graph().inputs().stream()
                .filter(input -> !read.graph().initializers().containsKey(input.name()))
                .toList();
    }

    private static String opsets(Model read) {
        return read.opsets().entrySet().stream()
                .map(entry -> (entry.getKey().isEmpty() ? "ai.onnx" : entry.getKey()) + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String size(long bytes) {
        if (bytes < KIB) {
            return bytes + " bytes";
        }
        double mebi = bytes / (double) (KIB * KIB);
        return mebi < 1
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / (double) KIB)
                : String.format(Locale.ROOT, "%.1f MiB", mebi);
    }

    private Map<String, Object> object(
            Model read,
            GraphSummary summary,
            @Nullable String contradiction,
            Pipeline.@Nullable Result passes,
            @Nullable List<SparseFinding> findings) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("graph", read.graph().name());
        object.put("ir_version", read.irVersion());
        Map<String, Integer> opsets = new LinkedHashMap<>();
        read.opsets().forEach((domain, version) -> opsets.put(domain.isEmpty() ? "ai.onnx" : domain, version));
        object.put("opsets", opsets);
        object.put("producer", read.producer());
        object.put("metadata", read.metadata());
        object.put("inputs", values(inputs(read)));
        object.put("outputs", values(read.graph().outputs()));
        object.put("parameters", summary.parameters());
        object.put("bytes", summary.bytes());
        object.put("nodes", summary.nodes());
        object.put("operators", summary.operators());
        object.put("unsupported", summary.unsupported());
        if (contradiction != null) {
            object.put("warning", contradiction);
        }
        if (findings != null) {
            object.put("sparse", SparseSurvey.objects(findings));
        }
        if (passes != null) {
            object.put("passes", PassTable.objects(passes.reports()));
            object.put("optimized_operators", new GraphSummary(passes.graph()).operators());
        }
        return object;
    }

    private static List<Map<String, String>> values(List<ValueInfo> infos) {
        List<Map<String, String>> values = new ArrayList<>();
        for (ValueInfo info : infos) {
            values.add(Map.of(
                    "name",
                    info.name(),
                    "type",
                    info.type() == null ? "?" : info.type().toString()));
        }
        return values;
    }
}
