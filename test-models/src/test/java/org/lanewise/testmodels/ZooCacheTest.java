package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooCacheTest {
    private static final byte[] BYTES = {8, 8, 1, 2, 3, 4, 5, 6, 7};

    @TempDir
    Path temporary;

    private ZooCache cache;

    @BeforeEach
    void emptyCache() {
        cache = new ZooCache(temporary.resolve("deep").resolve("cache"));
    }

    private URL jar(String fileName, byte[] bytes) throws IOException {
        Path jar = temporary.resolve(fileName);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry("folder/m.onnx"));
            out.write(bytes);
            out.closeEntry();
        }
        return URI.create("jar:" + jar.toUri() + "!/folder/m.onnx").toURL();
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache.folder())) {
            return files.toList();
        }
    }

    @Test
    void aFileIsUsedInPlace() throws IOException {
        Path model = Files.write(temporary.resolve("a b.onnx"), BYTES);
        assertEquals(model, cache.file("m", model.toUri().toURL()));
    }

    @Test
    void aJarEntryIsCopiedOnce() throws IOException {
        URL url = jar("one.jar", BYTES);
        Path copy = cache.file("m", url);
        assertArrayEquals(BYTES, Files.readAllBytes(copy));
        FileTime past = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(copy, past);
        assertEquals(copy, cache.file("m", url));
        assertEquals(past, Files.getLastModifiedTime(copy));
        assertEquals(List.of(copy), cached());
    }

    @Test
    void aTruncatedCopyIsMadeAgain() throws IOException {
        URL url = jar("one.jar", BYTES);
        Path copy = cache.file("m", url);
        Files.write(copy, new byte[] {8});
        assertArrayEquals(BYTES, Files.readAllBytes(cache.file("m", url)));
    }

    @Test
    void anotherVersionOfTheJarGetsItsOwnCopy() throws IOException {
        Path first = cache.file("m", jar("one.jar", BYTES));
        byte[] changed = BYTES.clone();
        changed[4]++;
        Path second = cache.file("m", jar("two.jar", changed));
        assertArrayEquals(BYTES, Files.readAllBytes(first));
        assertArrayEquals(changed, Files.readAllBytes(second));
    }

    @Test
    void manyAtOnceGetTheSameWholeFileAndLeaveNoPartBehind() throws Exception {
        byte[] large = new byte[3_000_000];
        large[2_999_999] = 7;
        URL url = jar("large.jar", large);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<byte[]>> copies = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> Files.readAllBytes(cache.file("m", url))))
                    .toList();
            for (Future<byte[]> copy : copies) {
                assertArrayEquals(large, copy.get());
            }
        }
        assertEquals(1, cached().size());
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.write(temporary.resolve("file"), BYTES);
        ZooCache blocked = new ZooCache(file.resolve("cache"));
        URL url = jar("one.jar", BYTES);
        String message = String.valueOf(
                assertThrows(ZooException.class, () -> blocked.file("m", url)).getMessage());
        assertTrue(message.startsWith("model 'm' cannot be copied from " + url + " to " + blocked.folder()), message);
    }

    @Test
    void theFolderComesFromThePropertyThenXdgThenTheHomeFolder() {
        Map<String, String> home = Map.of("user.home", "/users/me");
        Map<String, String> named = Map.of("user.home", "/users/me", "lanewise.zoo.cache", "/elsewhere");
        Map<String, String> xdg = Map.of("XDG_CACHE_HOME", "/xdg");
        assertEquals(Path.of("/elsewhere"), ZooCache.of(named::get, xdg::get).folder());
        assertEquals(
                Path.of("/xdg/lanewise/zoo"), ZooCache.of(home::get, xdg::get).folder());
        assertEquals(
                Path.of("/users/me/.cache/lanewise/zoo"),
                ZooCache.of(home::get, Map.<String, String>of()::get).folder());
        assertEquals(
                Path.of("/users/me/.cache/lanewise/zoo"),
                ZooCache.of(home::get, Map.of("XDG_CACHE_HOME", "relative")::get)
                        .folder());
    }
}
