package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.kernels.Simd;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.StaticQuantization;
import org.lanewise.runtime.session.Session;
import org.lanewise.testmodels.Zoo;

/** What the documentation prints works: Java programs compile and run as they are, and links lead somewhere. */
class DocumentationTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern PROGRAM = Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    @TempDir
    Path folder;

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(
                ROOT.resolve("README.md"),
                ROOT.resolve("benchmarks/README.md"),
                ROOT.resolve("test-models/training/README.md")));
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** Each program as a class, all run by one JVM in a folder that has the models they name. */
    @Test
    void programsRunAsPrinted() throws Exception {
        List<Path> sources = new ArrayList<>();
        StringBuilder calls = new StringBuilder();
        for (Path page : pages()) {
            Matcher program = PROGRAM.matcher(Files.readString(page));
            while (program.find()) {
                String name = "Program" + sources.size();
                sources.add(Files.writeString(folder.resolve(name + ".java"), program(name, program.group(1))));
                calls.append("System.out.println(\"")
                        .append(ROOT.relativize(page))
                        .append("\");\n");
                calls.append(name).append(".run();\n");
            }
        }
        assertTrue(sources.size() >= 4, "found " + sources);
        sources.add(Files.writeString(folder.resolve("Main.java"), program("Main", calls + "System.exit(0);\n")));
        compile(sources);
        for (String model : List.of("digits", "breast-cancer")) {
            Files.copy(Zoo.find(model).model(), folder.resolve(model + ".onnx"));
        }
        run();
        assertTrue(Files.size(folder.resolve("pruned.onnx")) > 0);
        assertTrue(Files.size(folder.resolve("int8.onnx")) > 0);
    }

    private static String program(String name, String lines) {
        String imports =
                lines.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String body = lines.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        return imports + "\npublic class " + name + " {\n public static void run() throws Exception {\n" + body
                + "\n }\n public static void main(String[] args) throws Exception {\n run();\n }\n}\n";
    }

    private static String library() {
        return Stream.of(Simd.class, Session.class, OnnxWriter.class, StaticQuantization.class)
                .map(DocumentationTest::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void compile(List<Path> sources) {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-cp", library(), "-d", folder.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, messages, arguments.toArray(String[]::new));
        assertEquals(0, status, messages.toString(StandardCharsets.UTF_8));
    }

    private void run() throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-XX:+UseSerialGC",
                        "-cp",
                        folder + File.pathSeparator + library(),
                        "Main")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running");
        assertEquals(0, process.exitValue(), Files.readString(printed));
    }

    /** Files and headings of this repository. */
    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                String target = link.group(1);
                int hash = target.indexOf('#');
                String file = hash < 0 ? target : target.substring(0, hash);
                Path path = file.isEmpty() ? page : page.resolveSibling(file).normalize();
                if (!target.contains("://")
                        && (!Files.exists(path) || hash >= 0 && !headings(path).contains(target.substring(hash + 1)))) {
                    dead.add(ROOT.relativize(page) + ": " + target);
                }
            }
        }
        assertEquals(List.of(), dead);
    }

    private static List<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
