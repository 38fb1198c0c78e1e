package org.lanewise.testmodels;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import org.jspecify.annotations.Nullable;

/**
 * Copies model files out of jars, once, so that they can be memory-mapped.
 *
 * <p>The copy's name has the jar entry's checksum in it, so a new version of a jar gets a copy of its own.
 *
 * @param folder where the copies are kept; made when needed
 */
record ZooCache(Path folder) {
    /** The system property that names another folder for the copies. */
    static final String FOLDER_PROPERTY = "lanewise.zoo.cache";

    /** The folder named by {@value #FOLDER_PROPERTY}, else {@code lanewise/zoo} in the user's cache folder. */
    static ZooCache standard() {
        return of(System.getProperties()::getProperty, System.getenv()::get);
    }

    static ZooCache of(UnaryOperator<@Nullable String> property, UnaryOperator<@Nullable String> environment) {
        String named = property.apply(FOLDER_PROPERTY);
        if (named != null) {
            return new ZooCache(Path.of(named));
        }
        String userCache = environment.apply("XDG_CACHE_HOME");
        // The XDG base directory specification has a relative path ignored.
        Path base = userCache != null && Path.of(userCache).isAbsolute()
                ? Path.of(userCache)
                : Path.of(String.valueOf(property.apply("user.home")), ".cache");
        return new ZooCache(base.resolve("lanewise").resolve("zoo"));
    }

    /** The file that holds what url does: itself if it is a file, else a copy of the jar entry. */
    Path file(String name, URL url) {
        try {
            if (url.getProtocol().equals("file")) {
                return Path.of(url.toURI());
            }
            URLConnection connection = url.openConnection();
            if (!(connection instanceof JarURLConnection jar)) {
                throw new ZooException("model '" + name + "' is neither a file nor in a jar: " + url);
            }
            JarEntry entry = jar.getJarEntry();
            Path copy = folder.resolve("%s-%08x.onnx".formatted(name, entry.getCrc()));
            if (!isComplete(copy, entry.getSize())) {
                copy(jar, copy, entry.getSize());
            }
            return copy;
        } catch (IOException | URISyntaxException e) {
            throw new ZooException("model '" + name + "' cannot be copied from " + url + " to " + folder + ": " + e, e);
        }
    }

    private void copy(JarURLConnection jar, Path copy, long size) throws IOException {
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, copy.getFileName().toString(), ".part");
        try {
            try (InputStream in = jar.getInputStream()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
            if (!isComplete(part, size)) {
                throw new IOException("got " + Files.size(part) + " bytes, expected " + size);
            }
            // Another process may be doing the same; whoever is last replaces a copy by an equal one.
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean isComplete(Path file, long size) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) == size;
    }
}
