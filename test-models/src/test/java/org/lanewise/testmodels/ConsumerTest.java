package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.kernels.Simd;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.session.Session;

/** A program of somebody else: the README's Java example, compiled and run in a JVM of its own with nothing but the library. */
class ConsumerTest {
    private static final String PRINTED = "[image: float[N,1,28,28]] -> [probabilities: float[N,10]]";

    @TempDir
    Path folder;

    private Path source;

    /** The lines of output and errors. */
    private record Result(int exitCode, String out, String err) {}

    @BeforeEach
    void write() throws IOException {
        Files.copy(Zoo.find("digits").model(), folder.resolve("digits.onnx"));
        source = folder.resolve("src/example/Example.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, program(readmeExample()));
    }

    private static String readmeExample() throws IOException {
        String readme = Files.readString(SharedFolder.repository().resolve("README.md"));
        String begin = "```java\n";
        int from = readme.indexOf(begin) + begin.length();
        assertTrue(from > begin.length());
        return readme.substring(from, readme.indexOf("```", from));
    }

    private static String program(String example) {
        String imports =
                example.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String body =
                example.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n        "));
        return "package example;\n\n" + imports
                + "\n\npublic class Example {\n    public static void main(String[] args) {\n" + body + "\n    }\n}\n";
    }

    /** What the two dependencies of the README and theirs put on the path: jars, or folders of classes. */
    private static String library() {
        return Stream.of(Simd.class, Session.class, OnnxWriter.class)
                .map(ConsumerTest::location)
                .map(Path::toString)
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path compile(String path, Path... more) {
        Path classes = folder.resolve("classes");
        List<String> arguments = new ArrayList<>(List.of(path, library(), "-d", classes.toString(), source.toString()));
        Stream.of(more).map(Path::toString).forEach(arguments::add);
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertEquals(0, status, "compiling failed");
        return classes;
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
        return new Result(
                process.exitValue(),
                Files.readString(out).strip(),
                Files.readString(err).strip());
    }

    private static void assertPrinted(Result result) {
        assertEquals(PRINTED, result.out(), result.err());
        assertEquals(0, result.exitCode(), result.err());
    }

    @Test
    void runsOnTheClassPath() throws Exception {
        Path classes = compile("-cp");
        String path = classes + java.io.File.pathSeparator + library();
        Result fast = run("--add-modules", "jdk.incubator.vector", "-cp", path, "example.Example");
        assertPrinted(fast);
        assertEquals("WARNING: Using incubator modules: jdk.incubator.vector", fast.err());
    }

    @Test
    void runsWithoutTheVectorModuleAndSaysWhatWouldMakeItFast() throws Exception {
        Path classes = compile("-cp");
        Result slow = run("-cp", classes + java.io.File.pathSeparator + library(), "example.Example");
        assertPrinted(slow);
        assertTrue(slow.err().contains("--add-modules jdk.incubator.vector"), slow.err());
        assertEquals(1, slow.err().split("--add-modules", -1).length - 1, slow.err());
    }

    @Test
    void runsOnTheModulePath() throws Exception {
        Path module = folder.resolve("src/module-info.java");
        Files.writeString(module, "module example {\n    requires org.lanewise.runtime;\n}\n");
        Path classes = compile("--module-path", module);
        String path = classes + java.io.File.pathSeparator + library();
        Result result = run(
                "--add-modules", "jdk.incubator.vector", "--module-path", path, "--module", "example/example.Example");
        assertPrinted(result);
        assertFalse(result.err().contains("Exception"), result.err());
    }
}
