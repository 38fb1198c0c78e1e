package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, as docs/architecture.md draws them. */
final class ArchitectureTest {
    private static final Pattern VECTOR_API =
            Pattern.compile("(import|requires)\\s[\\w\\s]*jdk\\.incubator|jdk\\.incubator\\.vector\\.[A-Z]");

    @Test
    void onlyKernelsUseTheVectorApi() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        Set<String> modules = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> root.relativize(file).getName(1).toString().equals("src"))
                    .toList();
            for (Path source : sources) {
                if (VECTOR_API.matcher(Files.readString(source)).find()) {
                    modules.add(root.relativize(source).getName(0).toString());
                }
            }
        }
        assertEquals(Set.of("kernels"), modules);
    }

    @Test
    void kernelsRequireOnlyTheJdk() throws IOException {
        assertEquals(Set.of(), requiredBeyondTheJdk("org.lanewise.kernels"));
    }

    @Test
    void runtimeRequiresOnlyKernels() throws IOException {
        assertEquals(Set.of("org.lanewise.kernels"), requiredBeyondTheJdk("org.lanewise.runtime"));
    }

    @Test
    void loadersAndQuantizationRequireOnlyRuntime() throws IOException {
        Set<String> below = Set.of("org.lanewise.kernels", "org.lanewise.runtime");
        assertTrue(below.containsAll(requiredBeyondTheJdk("org.lanewise.loaders")));
        assertTrue(below.containsAll(requiredBeyondTheJdk("org.lanewise.quantization")));
    }

    @Test
    void theLibraryRunsWithoutTheVectorModule() throws IOException {
        Requires vector = descriptors().get("org.lanewise.kernels").requires().stream()
                .filter(required -> required.name().equals("jdk.incubator.vector"))
                .findAny()
                .orElseThrow();
        assertTrue(vector.modifiers().contains(Requires.Modifier.STATIC));
        assertFalse(vector.modifiers().contains(Requires.Modifier.TRANSITIVE));
    }

    /** Names of the modules outside the JDK that a module needs when it runs. */
    private static Set<String> requiredBeyondTheJdk(String module) throws IOException {
        ModuleDescriptor descriptor = descriptors().get(module);
        return descriptor.requires().stream()
                .filter(required -> !required.modifiers().contains(Requires.Modifier.STATIC))
                .map(Requires::name)
                .filter(name -> !name.startsWith("java.") && !name.startsWith("jdk."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The module descriptors on the class path, by module name. */
    private static Map<String, ModuleDescriptor> descriptors() throws IOException {
        Map<String, ModuleDescriptor> descriptors = new TreeMap<>();
        for (URL url : Collections.list(Lanewise.class.getClassLoader().getResources("module-info.class"))) {
            try (InputStream bytes = url.openStream()) {
                ModuleDescriptor descriptor = ModuleDescriptor.read(bytes);
                descriptors.put(descriptor.name(), descriptor);
            }
        }
        return descriptors;
    }
}
