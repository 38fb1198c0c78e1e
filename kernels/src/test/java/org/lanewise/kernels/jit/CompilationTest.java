package org.lanewise.kernels.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.kernels.Simd;

/**
 * Every method of every kernel can be compiled, by C1 with profiles and by C2. A method that C1 gives up is profiled by the interpreter, where a tile takes milliseconds: C2 gets to it
 * late or never, and results stay right. What is too much for C1 depends on which classes of the JDK are loaded and profiled, so that it fails in one process and not in the next. Here all
 * are loaded, and {@link Ballast} makes methods larger than they are.
 *
 * <p>C1 compiles the same at every width: once is enough.
 */
class CompilationTest {
    /** Of the 10,000 virtual registers that C1 has. What is loaded and profiled changed what it took for a tile of 12 rows by 50. */
    private static final int RESERVE = 100;

    private static final int C1_WITH_PROFILES = 3;
    private static final int C2 = 4;

    /** HotSpot never compiles a method of more bytes. */
    private static final int MOST_BYTES = 8000;

    @TempDir
    private static Path folder;

    private static Path kernels;
    private static Path tests;

    @BeforeAll
    static void findClasses() throws URISyntaxException {
        String vm = System.getProperty("java.vm.name", "");
        assumeTrue(vm.contains("OpenJDK") || vm.contains("HotSpot"), "the JVM is " + vm);
        assumeTrue(System.getProperty(Simd.WIDTH_PROPERTY) == null, "done at the preferred width");
        kernels = root(Simd.class);
        tests = root(CompilationTest.class);
    }

    @Test
    void c1HasRegistersToSpareForEveryMethod() throws IOException, InterruptedException {
        Path larger = folder.resolve("larger");
        int methods = Ballast.add(kernels, classes(), larger, RESERVE);
        compilesAll(C1_WITH_PROFILES, larger, methods);
    }

    @Test
    void c2CompilesEveryMethod() throws IOException, InterruptedException {
        Path same = folder.resolve("same");
        int methods = Ballast.add(kernels, classes(), same, 0);
        compilesAll(C2, same, methods);
    }

    @Test
    void noMethodIsLongerThanHotSpotCompiles() throws IOException {
        for (Path file : classes()) {
            for (MethodModel method : ClassFile.of().parse(file).methods()) {
                int bytes = method.code()
                        .map(code -> ((CodeAttribute) code).codeLength())
                        .orElse(0);
                assertTrue(bytes <= MOST_BYTES, () -> file + ", " + method.methodName() + ": " + bytes + " bytes");
            }
        }
    }

    @Test
    void aMethodTooLargeForC1IsFound() throws IOException, InterruptedException {
        Path large = folder.resolve("large");
        Path file = tests.resolve("org/lanewise/kernels/jit/CompilationTest$Small.class");
        assertEquals(2, Ballast.add(tests, List.of(file), large, 10_000));
        ForcedCompilation.Result result = ForcedCompilation.of(C1_WITH_PROFILES, large, folder, tests);
        assertEquals(2, result.failed().size(), result.output());
        assertTrue(result.failed().get(1).contains("Small.nothing()"), result.output());
        assertTrue(result.output().contains("out of virtual registers"), result.output());
    }

    /** What the check above makes too large. */
    static final class Small {
        private Small() {}

        static void nothing() {}
    }

    private static void compilesAll(int tier, Path root, int methods) throws IOException, InterruptedException {
        ForcedCompilation.Result result = ForcedCompilation.of(tier, root, folder, tests);
        assertEquals(List.of(), result.failed(), () -> "not compiled at tier " + tier + ": " + result.skipped());
        assertEquals(methods, result.compiled());
        assertTrue(methods > 2000, "only " + methods + " methods");
    }

    private static List<Path> classes() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(kernels.resolve("org/lanewise/kernels"))) {
            all.filter(file -> file.toString().endsWith(".class")).sorted().forEach(files::add);
        }
        return files;
    }

    /** The folder in which the packages of a class are. */
    private static Path root(Class<?> type) throws URISyntaxException {
        URL url = Objects.requireNonNull(type.getResource(type.getSimpleName() + ".class"));
        Path path = Path.of(url.toURI());
        for (int up = type.getName().split("\\.").length; up > 0; up--) {
            path = path.getParent();
        }
        return path;
    }
}
