package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.loaders.numpy.NpyFile;

final class RunTest {
    @TempDir
    Path folder;

    private Path product;
    private Path picture;

    @BeforeEach
    void writeModels() throws IOException {
        product = Files.write(folder.resolve("product.onnx"), SmallModels.product());
        picture = Files.write(folder.resolve("picture.onnx"), SmallModels.picture());
    }

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("x.csv"), text);
    }

    private Path image() throws IOException {
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSamples(0, 0, 2, 2, 0, new int[] {0, 51, 102, 255});
        Path file = folder.resolve("image.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void showsNumbers() throws IOException {
        CommandRun run =
                CommandRun.of("run", product, "--input", "x=" + csv("1,10\n")).assertDone();
        assertEquals(
                List.of("scores: float[1,3]", "  min 41.0000  max 63.0000  mean 52.0000", "  41.0, 52.0, 63.0"),
                run.lines());
    }

    @Test
    void showsWhatEachNodeGives() throws IOException {
        CommandRun run = CommandRun.of("run", product, "--input", "x=" + csv("1,10\n"), "--values", "--raw")
                .assertDone();
        assertEquals(
                List.of(
                        "MatMul '-> scores'",
                        "  scores: float[1,3]",
                        "    min 41.0000  max 63.0000  mean 52.0000",
                        "    41.0, 52.0, 63.0",
                        ""),
                run.lines().subList(0, 5));
        CommandRun object = CommandRun.of("run", "zoo:digits", "--random", "--values", "--json")
                .assertDone();
        JsonNode nodes = new ObjectMapper().readTree(object.out()).get("nodes");
        JsonNode last = nodes.get(nodes.size() - 1);
        assertEquals("Softmax", last.get("operator").asText());
        assertEquals(10, last.get("outputs").get(0).get("values").size());
    }

    @Test
    void showsTheBestClassesWithLabels() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\ndog\nparrot\n");
        CommandRun run = CommandRun.of(
                        "run", product, "--input", "x=" + csv("1,10\n-1,-10\n"), "--top", 2, "--labels", labels)
                .assertDone();
        assertEquals(
                List.of(
                        "scores: float[2,3]",
                        "  row 0",
                        "   1  parrot       63.0000",
                        "   2  dog          52.0000",
                        "  row 1",
                        "   1  cat     -41.0000",
                        "   2  dog     -52.0000"),
                run.lines().stream()
                        .map(line -> line.replaceAll("(cat|dog)  +-", "$1     -"))
                        .toList());
    }

    @Test
    void printsJson() throws IOException {
        CommandRun run = CommandRun.of("run", product, "--input", "x=" + csv("1,10\n"), "--json", "--top", 1);
        JsonNode output = new ObjectMapper()
                .readTree(run.assertDone().out())
                .get("outputs")
                .get(0);
        assertEquals("scores", output.get("name").asText());
        assertEquals("[1,3]", output.get("shape").toString());
        assertEquals("[41.0,52.0,63.0]", output.get("values").toString());
        assertEquals(2, output.get("top").get(0).get(0).get("index").asInt());
    }

    @Test
    void savesOutputs() throws IOException {
        Path saved = folder.resolve("saved");
        CommandRun.of("run", product, "--input", "x=" + csv("1 10"), "--save", saved)
                .assertDone();
        assertArrayEquals(
                new float[] {41, 52, 63},
                NpyFile.read(saved.resolve("scores.npy")).toFloatArray());
    }

    @Test
    void aFolderThatCannotBeMadeIsFoundBeforeTheRun() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Path impossible : List.of(file.resolve("in a file"), Path.of("/proc/saved"))) {
            assumeTrue(Files.isDirectory(Path.of("/proc/self")));
            CommandRun run = CommandRun.of("run", product, "--random", "--save", impossible);
            run.assertRefused("the folder of --save " + impossible
                    + " cannot be made: give one that exists, or one in a folder that can be written");
        }
    }

    @Test
    void readsADataSet() throws IOException {
        Path data = Files.createDirectory(folder.resolve("test_data_set_0"));
        Files.write(data.resolve("input_0.pb"), OnnxBytes.tensor(new float[] {1, 0}, 1, 2));
        CommandRun run = CommandRun.of("run", product, "--inputs", data).assertDone();
        assertEquals("  1.0, 2.0, 3.0", run.lines().getLast());
    }

    @Test
    void randomInputsRepeat() {
        CommandRun first =
                CommandRun.of("run", product, "--random", "--dim", "n=4").assertDone();
        CommandRun second =
                CommandRun.of("run", product, "--random", "--dim", "n=4").assertDone();
        CommandRun other = CommandRun.of("run", product, "--random", "--dim", "n=4", "--seed", 1)
                .assertDone();
        assertEquals(first.out(), second.out());
        assertTrue(first.out().startsWith("scores: float[4,3]"), first.out());
        assertTrue(!first.out().equals(other.out()), other.out());
        CommandRun.of("run", product, "--random", "--dim", "m=4")
                .assertRefused("no dimension 'm' is open; open are [n]");
    }

    @Test
    void anImageBecomesTheInput() throws IOException {
        Path image = image();
        CommandRun run =
                CommandRun.of("run", picture, "--image", image, "--range=0..1").assertDone();
        assertEquals(
                "image: " + image + ", 2x2, kept at 2x2, gray, NCHW, range 0..1 -> float[1,1,2,2]",
                run.lines().getFirst());
        assertEquals("  0.0, 0.2, 0.4, 1.0", run.lines().getLast());
    }

    @Test
    void howAnImageBecomesTheInputMustBeSaid() throws IOException {
        CommandRun.of("run", picture, "--image", image())
                .assertRefused("the model does not say how an image becomes its input 'pixels' (float[1,1,2,2]): give"
                        + " --range, such as --range=0..1 or --range=-1..1 (and --mean, --std, --color where they"
                        + " matter)");
    }

    @Test
    void anImageThatDoesNotFitIsRefusedWithBothShapes() throws IOException {
        CommandRun.of("run", picture, "--image", image(), "--range=0..1", "--size=3x3")
                .assertRefused("input 'pixels' has shape [1,1,3,3], expected [1,1,2,2]");
        CommandRun.of("run", product, "--image", image(), "--range=0..1")
                .assertRefused("--image needs a model with exactly one input that can be an image, this one has 0 among"
                        + " [x: float[n,2]]");
        Path text = csv("no image");
        CommandRun.of("run", picture, "--image", text, "--range=0..1")
                .assertRefused(text + " is not an image in PNG, JPEG, BMP or GIF format");
    }

    @Test
    void anOptionForImagesThatCannotBeIsNamed() throws IOException {
        String twoNumbers = ", expected LOW..HIGH, two different numbers";
        CommandRun.of("run", picture, "--image", image(), "--range", "5..5")
                .assertRefused("--range is '5..5'" + twoNumbers);
        CommandRun.of("run", picture, "--image", image(), "--range", "0..x")
                .assertRefused("--range is '0..x'" + twoNumbers);
        CommandRun.of("run", picture, "--image", image(), "--range", "0..1", "--color", "cmyk")
                .assertRefused("--color is 'cmyk', expected one of [gray, rgb, bgr]");
        CommandRun.of("run", picture, "--image", image(), "--range", "0..1", "--mean", "1,2")
                .assertRefused("the image options do not fit together: GRAY has 1 channels, but mean has 2 values and"
                        + " std 1");
    }

    @Test
    void theModelOfTheZooReadsADigit() {
        Path digit = Path.of("..", "test-models", "images", "digit-3.png");
        CommandRun run =
                CommandRun.of("run", "zoo:digits", "--image", digit, "--top", 3).assertDone();
        assertTrue(run.lines().get(2).matches(" +1  3 +[\\d.]+ %"), run.out());
        assertEquals(5, run.lines().size());
    }
}
