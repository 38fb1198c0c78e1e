package org.lanewise.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** The tests without parameters again, on a JVM without the Vector API's module: a class that uses it must not even be loaded there, which only shows where the module is absent. */
class ScalarJvmTest {
    private static final int PATIENCE_SECONDS = 120;

    @Test
    void kernelsRunWithoutTheVectorModule() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ScalarJvmTest.class.getName()));
        List<String> tests = tests();
        assertTrue(tests.size() > 50, tests.toString());
        command.addAll(tests);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), printed);
        assertEquals(0, process.exitValue(), printed);
    }

    /** Names of the test classes of the packages of kernels. */
    private static List<String> tests() throws IOException, URISyntaxException {
        Class<?> self = ScalarJvmTest.class;
        Path root =
                Path.of(self.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path kernels = root.resolve(self.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.walk(kernels)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith("Test.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace(File.separatorChar, '.'))
                    .filter(name ->
                            name.lastIndexOf('.') > self.getPackageName().length())
                    .filter(name -> !name.startsWith(self.getPackageName() + ".jit.")) // they start JVMs themselves
                    .sorted()
                    .toList();
        }
    }

    /** Runs the tests without parameters of the classes. */
    public static void main(String[] classes) throws ReflectiveOperationException {
        assertEquals(0, Simd.BITS);
        for (String name : classes) {
            Class<?> type = Class.forName(name);
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class) && method.getParameterCount() == 0) {
                    run(type, constructor.newInstance(), method);
                }
            }
        }
    }

    private static void run(Class<?> type, Object test, Method method) throws ReflectiveOperationException {
        try {
            for (Method before : type.getDeclaredMethods()) {
                if (before.isAnnotationPresent(BeforeEach.class)) {
                    before.setAccessible(true);
                    before.invoke(test);
                }
            }
            method.setAccessible(true);
            method.invoke(test);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof TestAbortedException)) {
                throw new IllegalStateException(method.toString(), e.getCause());
            }
        }
    }
}
