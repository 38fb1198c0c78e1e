package org.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.ImageFile;
import org.lanewise.cli.output.Labels;
import org.lanewise.cli.output.NodeValues;
import org.lanewise.cli.output.OutputReport;
import org.lanewise.loaders.numpy.NpyFile;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.ZooEntry;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanewise run}: a model on one set of inputs. */
@Command(
        name = "run",
        description = {
            "Runs a model once and shows its outputs.",
            "",
            "How an image becomes the input is taken from the zoo entry or the model's metadata; options change single"
                    + " points of it. What was done is printed."
        })
final class Run implements Callable<Integer> {
    private static final int DEFAULT_TOP = 5;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "A model file, or zoo:NAME.")
    private String model;

    @Mixin
    private ImageMixin image;

    @Mixin
    private InputMixin inputs;

    @Mixin
    private SessionMixin options;

    @Mixin
    private JsonMixin json;

    @Option(names = "--top", paramLabel = "K", description = "Classes to show; default 5.")
    private @Nullable Integer top;

    @Option(names = "--labels", paramLabel = "FILE", description = "Names of the classes, one a line.")
    private @Nullable Path labelFile;

    @Option(
            names = "--values",
            description =
                    "Show what each node gives, too: of the graph as the passes leave it, or with --raw as it is in"
                            + " the file.")
    private boolean values;

    @Option(names = "--save", paramLabel = "DIR", description = "Write each output to DIR as NAME.npy.")
    private @Nullable Path save;

    @Override
    public Integer call() throws IOException {
        Needs.check(spec, image.isGiven(), "--image FILE", PixelMixin.OPTIONS);
        inputs.refuseAlone(spec);
        if (top != null && top < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--top must be at least 1, got " + top);
        }
        if (save != null && save.toString().equals(OutputFile.STANDARD_OUTPUT)) {
            throw new CliException(
                    "--save - does not write to standard output: give a folder, ./- for one of that name");
        }
        if (save != null && Files.exists(save) && !Files.isDirectory(save)) {
            throw new CliException("--save names a file: " + save + "; give a folder");
        }
        ModelReference reference = ModelReference.of(model);
        if (save != null) {
            make(save);
        }
        try (Session session = Session.open(reference.readToRun(), options.options())) {
            Map<String, OnnxValue> given = inputs.read(session);
            String imageNote = null;
            if (image.isGiven()) {
                ValueInfo input = ImageMixin.imageInput(InputMixin.missing(session, given));
                ImageFile read = image.read(input, reference.metadata(session.model()));
                given.put(input.name(), read.tensor());
                imageNote = read.description();
            }
            inputs.complete(session, given, "--image FILE, ");
            OutputReport report = new OutputReport(
                    labels(reference, session.model()),
                    top == null ? DEFAULT_TOP : top,
                    top != null || labelFile != null);
            NodeValues nodes =
                    values ? new NodeValues(new OutputReport(new Labels(List.of()), 1, false), json.isOn()) : null;
            Map<String, OnnxValue> outputs = session.run(given, nodes);
            if (json.isOn()) {
                printJson(report, imageNote, nodes, outputs);
            } else {
                print(report, imageNote, nodes, outputs);
            }
            if (save != null) {
                save(save, outputs);
            }
        }
        return 0;
    }

    private Labels labels(ModelReference reference, Model model) throws IOException {
        if (labelFile != null) {
            if (!Files.isRegularFile(labelFile)) {
                throw new CliException("no such label file: " + labelFile);
            }
            return Labels.read(labelFile);
        }
        ZooEntry entry = reference.entry();
        return Labels.of(entry == null ? null : entry.labels(), model.metadata());
    }

    private void print(
            OutputReport report,
            @Nullable String imageNote,
            @Nullable NodeValues nodes,
            Map<String, OnnxValue> outputs) {
        PrintWriter out = spec.commandLine().getOut();
        if (imageNote != null) {
            out.println("image: " + imageNote);
        }
        if (nodes != null) {
            nodes.lines().forEach(out::println);
            out.println();
        }
        outputs.forEach((name, value) -> report.lines(name, value).forEach(out::println));
        out.flush();
    }

    private void printJson(
            OutputReport report,
            @Nullable String imageNote,
            @Nullable NodeValues nodes,
            Map<String, OnnxValue> outputs) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model);
        if (imageNote != null) {
            object.put("image", imageNote);
        }
        if (nodes != null) {
            object.put("nodes", nodes.objects());
        }
        List<Object> list = new ArrayList<>();
        outputs.forEach((name, value) -> list.add(report.json(name, value)));
        object.put("outputs", list);
        json.print(spec, object);
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new CliException(
                    "the folder of --save " + folder
                            + " cannot be made: give one that exists, or one in a folder that can be written",
                    e);
        }
    }

    private static void save(Path folder, Map<String, OnnxValue> outputs) {
        for (Map.Entry<String, OnnxValue> entry : outputs.entrySet()) {
            if (!(entry.getValue() instanceof Tensor tensor)) {
                throw cannotSave(entry.getKey(), entry.getValue(), null);
            }
            try {
                // A name is the model's choice and must not lead out of the folder
                Path file = folder.resolve(entry.getKey().replaceAll("[^\\w.-]", "_") + ".npy");
                OutputFile.write("--save", file, written -> NpyFile.write(tensor, written));
            } catch (IllegalArgumentException e) {
                throw cannotSave(entry.getKey(), tensor, e);
            }
        }
    }

    private static CliException cannotSave(String name, OnnxValue value, @Nullable Throwable cause) {
        return new CliException(
                "output '" + name + "' is " + value.valueType() + ", which .npy files cannot hold", cause);
    }
}
