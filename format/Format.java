import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies palantir-java-format, imports included, to every Java file of the modules.
 *
 * <p>The formatter parses with the JDK it runs on, so it must run on JDK 25 while Maven may run on an older one: that is why this is a
 * program of its own and not a Maven plugin. Files older than the last success are not looked at again.
 */
final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Format() {}

    /** Arguments: {@code check} or {@code apply}, the folder that holds the modules, and the file whose time is the last success. */
    public static void main(String[] args) throws IOException {
        boolean apply = switch (args[0]) {
            case "apply" -> true;
            case "check" -> false;
            default -> throw new IllegalArgumentException("-Dformat=" + args[0] + ": expected check or apply");
        };
        Path root = Path.of(args[1]).toRealPath();
        Path stamp = Path.of(args[2]);
        FileTime started = FileTime.fromMillis(System.currentTimeMillis());
        FileTime since = !apply && Files.exists(stamp) ? Files.getLastModifiedTime(stamp) : FileTime.fromMillis(0);

        List<Path> candidates;
        try (Stream<Path> files = Files.find(
                root,
                30,
                (file, attributes) -> attributes.isRegularFile()
                        && attributes.lastModifiedTime().compareTo(since) >= 0
                        && isSource(root.relativize(file)))) {
            candidates = files.sorted().toList();
        }
        List<Path> unformatted = candidates.parallelStream()
                .filter(file -> !isFormatted(file, apply))
                .toList();
        unformatted.forEach(
                file -> System.err.println((apply ? "formatted " : "not formatted: ") + root.relativize(file)));
        if (!apply && !unformatted.isEmpty()) {
            System.err.println("Format them with: mvn -q -pl format verify -Dformat=apply");
            System.exit(1);
        }
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(stamp, started);
    }

    private static boolean isSource(Path relative) {
        boolean inSources =
                relative.getNameCount() > 2 && (relative.getName(1).toString().equals("src"));
        return relative.toString().endsWith(".java") && (inSources || relative.startsWith("format"));
    }

    private static boolean isFormatted(Path file, boolean apply) {
        try {
            String source = Files.readString(file);
            String formatted = FORMATTER.formatSourceAndFixImports(source);
            if (apply && !formatted.equals(source)) {
                // A comment that was wrapped may be indented differently the second time
                Files.writeString(file, FORMATTER.formatSourceAndFixImports(formatted));
            }
            return formatted.equals(source);
        } catch (FormatterException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
