package org.lanewise.testmodels;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model of the zoo.
 *
 * @param name the name it is found by
 * @param description what it takes and gives, with shapes
 * @param resource the model file's path on the class path
 * @param dependency the Maven coordinates group:artifact:version of the jar that holds it, or null if this module does
 * @param image how an image becomes its input, or null if it takes no image
 * @param labels the names of the classes in output order, or null if it does not classify
 * @param licence the licence of the model and of its data
 * @param source where the model, or the data it was trained on, comes from
 */
public record ZooEntry(
        String name,
        String description,
        String resource,
        @Nullable String dependency,
        @Nullable ImageInput image,
        @Nullable List<String> labels,
        String licence,
        String source) {

    static ZooEntry of(String name, Properties properties) {
        Map<String, String> values = properties.stringPropertyNames().stream()
                .collect(Collectors.toUnmodifiableMap(key -> key, properties::getProperty));
        String dependency = values.get("dependency");
        String resource = require(name, values, "resource");
        String labels = values.get("lanewise.labels");
        return new ZooEntry(
                name,
                require(name, values, "description"),
                dependency == null ? "org/lanewise/testmodels/" + name + "/" + resource : resource,
                dependency,
                ImageInput.fromMetadata(values),
                labels == null ? null : List.of(labels.split(",", -1)),
                require(name, values, "lanewise.licence"),
                require(name, values, "lanewise.source"));
    }

    private static String require(String name, Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalStateException("zoo entry '" + name + "' has no " + key);
        }
        return value;
    }

    /** Whether the model is on the class path. */
    public boolean available() {
        return url() != null;
    }

    /**
     * A file that can be memory-mapped: the resource itself where it is a file, else its copy in the
     * {@linkplain ZooCache#standard() cache}, made on first use.
     *
     * @throws ZooException if the model is not on the class path (the message names the dependency to add), or if the
     *     copy cannot be made
     */
    public Path model() {
        return model(ZooCache.standard());
    }

    Path model(ZooCache cache) {
        return cache.file(name, presentUrl());
    }

    /**
     * The bytes of the model file.
     *
     * @throws ZooException if the model is not on the class path; the message names the dependency to add
     */
    public InputStream open() throws IOException {
        return presentUrl().openStream();
    }

    private URL presentUrl() {
        URL url = url();
        if (url == null) {
            throw new ZooException("model '" + name + "' is not on the class path: "
                    + (dependency == null
                            ? "this build lacks its resource " + resource
                            : "add the dependency " + dependency + ", which holds " + resource));
        }
        return url;
    }

    private @Nullable URL url() {
        // The module's own resources are found through its class, those of other jars through its loader.
        URL own = ZooEntry.class.getResource("/" + resource);
        ClassLoader loader = ZooEntry.class.getClassLoader();
        return own != null || loader == null ? own : loader.getResource(resource);
    }
}
