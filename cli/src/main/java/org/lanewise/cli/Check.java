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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lanewise.testmodels.check.TestCase;
import org.lanewise.testmodels.check.TestResult;
import org.lanewise.testmodels.check.TestRunner;
import org.lanewise.testmodels.check.TestSuite;
import org.lanewise.testmodels.check.Tolerance;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanewise check}: does a model give the outputs that were recorded for it? */
@Command(
        name = "check",
        description = {
            "Runs models on recorded inputs and compares with recorded outputs.",
            "",
            "Prints a line for each test that does not pass, NAME  FAIL|UNSUPPORTED|ERROR  REASON, and last the counts."
                    + " Exit code 0 only if none failed.",
            "",
            "Type and shape must match. Without --rtol and --atol, ONNX backend tests (test_*, light_*) and models with"
                    + " fewer than two layers of weights are held to the official rtol 1e-3 and atol 1e-7, or to what"
                    + " their test set says; other models to rtol 1e-3 and atol 1e-4, and their outputs behind a"
                    + " quantizer to one step of the last quantizer and the same largest value of each row. Where the"
                    + " scale depends on the run, or more than moves and activations follow, a step is the expected"
                    + " output's range / 255."
        })
final class Check implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Folder with model.onnx and test_data_set_*, or a folder or .zip of such folders.")
    private List<Path> paths;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Use this file or zoo:NAME with the data sets of PATH.")
    private @Nullable String model;

    @Option(names = "--rtol", paramLabel = "R", description = "Relative tolerance.")
    private @Nullable Double rtol;

    @Option(names = "--atol", paramLabel = "A", description = "Absolute tolerance.")
    private @Nullable Double atol;

    @Option(names = "--only", paramLabel = "REGEX", description = "Only tests whose name contains a match.")
    private @Nullable Pattern only;

    @Option(names = "--list", description = "Print tests that pass or are skipped, too.")
    private boolean list;

    @Mixin
    private JsonMixin json;

    @Mixin
    private SessionMixin session;

    @Override
    public Integer call() throws IOException {
        TestRunner runner = new TestRunner(session.options(), tolerance());
        Path modelFile = model == null ? null : ModelReference.of(model).file();
        List<TestResult> results = new ArrayList<>();
        for (Path path : paths) {
            try (TestSuite suite = open(path, modelFile)) {
                results.addAll(run(runner, path, suite));
            }
        }
        int skipped = count(results, result -> result.status() == TestResult.Status.SKIPPED);
        int failed = count(results, TestResult::failed);
        int passed = results.size() - skipped - failed;
        if (json.isOn()) {
            json.print(spec, summary(results, passed, failed, skipped));
        } else {
            out().printf("%d passed, %d failed, %d skipped%n", passed, failed, skipped);
        }
        out().flush();
        return failed == 0 ? 0 : 1;
    }

    private @Nullable Tolerance tolerance() {
        if (rtol == null && atol == null) {
            return null;
        }
        double relative = rtol == null ? Tolerance.OFFICIAL.rtol() : rtol;
        double absolute = atol == null ? Tolerance.OFFICIAL.atol() : atol;
        try {
            return new Tolerance(relative, absolute, false);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static TestSuite open(Path path, @Nullable Path modelFile) throws IOException {
        if (!Files.exists(path)) {
            throw new CliException("no such folder or zip file: " + path);
        }
        try {
            return TestSuite.open(path, modelFile);
        } catch (java.nio.file.ProviderNotFoundException | java.util.zip.ZipException e) {
            throw new CliException(path + " is neither a folder nor a zip file", e);
        }
    }

    private List<TestResult> run(TestRunner runner, Path path, TestSuite suite) {
        PrintWriter err = spec.commandLine().getErr();
        for (String name : suite.withoutModel()) {
            err.println("lanewise: " + name
                    + " has data sets but no model.onnx, so it is not run; name a model with --model");
        }
        List<TestCase> tests = suite.tests().stream()
                .filter(test -> only == null || only.matcher(test.name()).find())
                .toList();
        if (tests.isEmpty()) {
            throw new CliException("no test found in " + path
                    + (suite.tests().isEmpty()
                            ? ": expected folders with model.onnx and test_data_set_0"
                            : ": no name matches " + only));
        }
        err.flush();
        List<TestResult> results = new ArrayList<>();
        try (Progress progress = Progress.of("check", tests.size())) {
            for (TestCase test : tests) {
                TestResult result = runner.run(test);
                results.add(result);
                if (!json.isOn() && (list || result.failed())) {
                    progress.clearLine();
                    out().println(result);
                    out().flush();
                }
                progress.to(results.size());
            }
        }
        return results;
    }

    private static Map<String, Object> summary(List<TestResult> results, int passed, int failed, int skipped) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("passed", passed);
        summary.put("failed", failed);
        summary.put("skipped", skipped);
        summary.put("tests", results);
        return summary;
    }

    private static int count(List<TestResult> results, java.util.function.Predicate<TestResult> condition) {
        return (int) results.stream().filter(condition).count();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
