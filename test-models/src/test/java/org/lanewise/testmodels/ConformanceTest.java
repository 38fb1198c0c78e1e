package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.lanewise.testmodels.check.TestCase;
import org.lanewise.testmodels.check.TestResult;
import org.lanewise.testmodels.check.TestRunner;
import org.lanewise.testmodels.check.TestSuite;

/**
 * ONNX's backend tests, each raw and optimized, with one thread and with two. {@code conformance-passing.txt} lists those that pass in all four settings;
 * the list only grows: a listed test that fails is a failure, and so is one that passes but is not listed. {@code -Dlanewise.update=true} adds what passes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    private static final List<String> ARCHIVES =
            List.of("conformance/conformance-dev.zip", "conformance/conformance-models.zip");
    private static final String LIST = "conformance-passing.txt";
    private static final Path LIST_SOURCE =
            SharedFolder.repository().resolve("test-models/src/test/resources/org/lanewise/testmodels/" + LIST);

    /** What went wrong first, by the test's name; the empty string for a test that passes in every setting. */
    private final TreeMap<String, String> verdicts = new TreeMap<>();

    private Set<String> listed = Set.of();

    @BeforeAll
    void runAll() throws IOException {
        List<Path> archives = ARCHIVES.stream().map(SharedFolder::require).toList();
        listed = readList();
        for (Path archive : archives) {
            try (TestSuite suite = TestSuite.open(archive, null)) {
                for (TestCase test : suite.tests()) {
                    if (!test.random()) {
                        assertEquals(null, verdicts.put(test.name(), verdict(test)), "two tests called " + test.name());
                    }
                }
            }
        }
        if (Boolean.getBoolean("lanewise.update")) {
            listed = new TreeSet<>(listed);
            listed.addAll(passing());
            Files.writeString(LIST_SOURCE, String.join("\n", listed) + "\n");
        }
    }

    private static String verdict(TestCase test) {
        for (Setting setting : Setting.values()) {
            TestResult result = new TestRunner(setting.options(), null).run(test);
            if (result.failed()) {
                return setting + ": " + result.status() + " " + result.reason();
            }
        }
        return "";
    }

    private static Set<String> readList() throws IOException {
        try (InputStream in = Objects.requireNonNull(ConformanceTest.class.getResourceAsStream(LIST), LIST)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().collect(Collectors.toSet());
        }
    }

    private Set<String> passing() {
        return verdicts.keySet().stream()
                .filter(name -> verdicts.getOrDefault(name, "").isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyListedTestPasses() {
        List<String> failures = new ArrayList<>();
        for (String name : listed) {
            String verdict = verdicts.getOrDefault(name, "is not in the archives");
            if (!verdict.isEmpty()) {
                failures.add(name + ": " + verdict);
            }
        }
        assertEquals("", String.join("\n", failures), LIST + " names tests that do not pass");
        assertFalse(listed.isEmpty());
    }

    @Test
    void everyTestThatPassesIsListed() {
        Set<String> missing = passing();
        missing.removeAll(listed);
        assertEquals(
                "", String.join("\n", missing), "add these names to " + LIST + ", or run with -Dlanewise.update=true");
    }
}
