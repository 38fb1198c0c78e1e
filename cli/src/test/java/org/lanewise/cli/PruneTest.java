package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneTest {
    private static final String USAGE = "; see lanewise prune --help";
    private static final String DIGITS = "zoo:digits";

    @TempDir
    private Path folder;

    private Path images;
    private Path out;

    @BeforeEach
    void findFiles() {
        images = Path.of("").toAbsolutePath().getParent().resolve("test-models/images");
        out = folder.resolve("p.onnx");
    }

    @Test
    void byMagnitudeWithoutData() {
        List<String> lines = CommandRun.of("prune", DIGITS, "--sparsity", 0.9, "-o", out)
                .assertDone()
                .lines();
        assertEquals(
                "zoo:digits -> " + out + ": 3 of 4 layers pruned, 90.0 % of their weights are zero, 89.8 % of all",
                lines.getFirst());
        assertTrue(lines.get(1).startsWith("223,251 -> "), lines.get(1));
        assertEquals("magnitude, unstructured, 90 % of each layer", lines.get(2));
        String text = String.join("\n", lines);
        assertTrue(text.contains("dense: has only 144 weights"), text);
        CommandRun.of("run", out, "--image", images.resolve("digit-3.png")).assertDone();
    }

    @Test
    void bySecondOrderWithData() {
        String text = CommandRun.of(
                        "prune",
                        DIGITS,
                        "--data",
                        images,
                        "--pattern",
                        "2:4",
                        "--exclude-type",
                        "Gemm",
                        "--reconstruct",
                        2,
                        "--samples",
                        5,
                        "-o",
                        out)
                .assertDone()
                .out();
        assertTrue(text.contains("2 of 4 layers pruned, 50.0 % of their weights are zero"), text);
        assertTrue(text.contains("second-order, 2:4, over 5 samples"), text);
        assertTrue(text.contains("dense: operator Gemm is excluded"), text);
        assertTrue(text.contains("scores not reconstructed: there are 5 samples, 20 are needed"), text);
        assertTrue(text.contains("SQNR dB"), text);
        String json = CommandRun.of("prune", DIGITS, "--sparsity", 0.5, "-o", out, "--json")
                .assertDone()
                .out();
        assertTrue(json.contains("\"sparsity_pruned\":0.5"), json);
        assertTrue(json.contains("\"weights\":18432,\"zeros_before\":0,\"zeros_after\":9216,\"sqnr_db\":null"), json);
    }

    @Test
    void withoutTheZerosInTheFile() throws IOException {
        Path sparse = folder.resolve("sparse.onnx");
        CommandRun.of("prune", DIGITS, "--sparsity", 0.9, "-o", out).assertDone();
        CommandRun.of("prune", DIGITS, "--sparsity", 0.9, "-o", sparse, "--sparse-initializer")
                .assertDone();
        assertTrue(Files.size(sparse) < 0.4 * Files.size(out), Files.size(sparse) + " of " + Files.size(out));
        String compared = CommandRun.of("compare", out, sparse, "--data", images, "--seconds", 0)
                .assertDone()
                .out();
        assertTrue(compared.contains("error           SQNR exact, max 0, mean 0"), compared);
    }

    @Test
    void compareShowsZerosAndBytesOfBoth() throws IOException {
        Path json = folder.resolve("c.json");
        Path html = folder.resolve("c.html");
        CommandRun.of("prune", DIGITS, "--sparsity", 0.75, "-o", out).assertDone();
        String text = CommandRun.of(
                        "compare", DIGITS, out, "--data", images, "--seconds", 0, "--json", json, "--html", html)
                .assertDone()
                .out();
        assertTrue(text.replaceAll(" +", " ").contains("float 73728 0.0% float 73728 75.0%"), text);
        assertTrue(text.contains("bytes, gzip"), text);
        assertTrue(text.replaceAll(" +", " ").contains("zeros in weights 0.0% 74.8%"), text);
        String object = Files.readString(json);
        assertTrue(object.contains("\"zeros\" : 13824"), object);
        assertTrue(Files.readString(html).contains("zeros in weights"), "page");
    }

    @Test
    void eachLayerAlone() {
        List<String> lines = CommandRun.of(
                        "prune",
                        DIGITS,
                        "--data",
                        images,
                        "--sensitivity",
                        "--pattern",
                        "4:8",
                        "--exclude",
                        "classify*")
                .assertDone()
                .lines();
        assertTrue(lines.getFirst().startsWith("each layer pruned alone: "), lines.getFirst());
        assertTrue(lines.get(2).replaceAll(" +", " ").startsWith("conv2.Conv 4,608 50.0% "), lines.get(2));
        assertTrue(lines.get(3).replaceAll(" +", " ").startsWith("conv3.Conv 18,432 50.0% "), lines.get(3));
    }

    @Test
    void whatATargetLeaves() throws IOException {
        StringBuilder digits = new StringBuilder();
        for (int digit = 0; digit < 10; digit++) {
            digits.append("digit-").append(digit).append(".png,").append(digit).append('\n');
        }
        Path labels = Files.writeString(folder.resolve("labels.csv"), digits);
        String text = CommandRun.of(
                        "prune",
                        DIGITS,
                        "--data",
                        images,
                        "--labels",
                        labels,
                        "--method",
                        "magnitude",
                        "--target-accuracy-loss",
                        0,
                        "-o",
                        out)
                .assertDone()
                .out();
        assertTrue(text.contains("layers meet the target: SQNR"), text);
        assertTrue(text.contains("10 of 10 right"), text);
    }

    @Test
    void whatIsMissingIsSaid() {
        refused("--sparsity S says how many weights become zero, such as 0.9; or give a target, such as"
                + " --target-accuracy-loss 1" + USAGE);
        String share = "--sparsity is the share of weights that become zero, above 0 and below 1, such as 0.8; got ";
        refused(share + "90.0 (90.0 % is 0.9)" + USAGE, "--sparsity", 90);
        refused(share + "0.0" + USAGE, "--sparsity", 0);
        refused(share + "1.0" + USAGE, "--sparsity", 1);
        refused(share + "NaN" + USAGE, "--sparsity", "NaN");
        refused("1.0E-6 of 54,400 weights is not one of them: give a larger sparsity", "--sparsity", 0.000001);
        refused("--method second-order needs --data DATA: real inputs" + USAGE, "--method", "second-order");
        refused("--sensitivity needs --data DATA: real inputs" + USAGE, "--sensitivity");
        refused("--reconstruct needs --data DATA: real inputs" + USAGE, "--reconstruct", 5);
        refused(
                "--reconstruct is a number of passes, 0 or more, got -1" + USAGE,
                "--data",
                images,
                "--reconstruct",
                -1);
        refused(
                "--reconstruct is not for a target, which is measured before it" + USAGE,
                "--data",
                images,
                "--target-cosine",
                0.9,
                "--reconstruct",
                5);
        refused("--target-cosine needs --data DATA: real inputs" + USAGE, "--target-cosine", 0.9);
        refused(
                "--pattern 2:4 leaves half of the weights; --sparsity can be 0.5 only, got 0.9" + USAGE,
                "--pattern",
                "2:4",
                "--sparsity",
                0.9);
        refused(
                "--pattern is one of unstructured, 2:4, 4:8, block2, block4, rows16, got '3:4'" + USAGE,
                "--pattern",
                "3:4");
        refused("--scope is not for --pattern 4:8: it has one share" + USAGE, "--pattern", "4:8", "--scope", "global");
        refused(
                "no layer to prune is called 'conv9'; the nearest: conv1.Conv, conv2.Conv, conv3.Conv",
                "--sparsity",
                0.5,
                "--exclude",
                "conv9");
        refused(
                "--target-accuracy-loss counts right answers: give the right classes with --labels FILE (a CIFAR-10"
                        + " .bin file has its own)",
                "--data",
                images,
                "--target-accuracy-loss",
                1);
        CommandRun.of("prune", DIGITS, "--sparsity", 0.8, "-o", out).assertDone();
        CommandRun.of("prune", out, "--sparsity", 0.5, "-o", folder.resolve("again.onnx"))
                .assertRefused("of the weights to prune 80.0 % are zero already, a sparsity of 0.5 makes none more:"
                        + " give a larger one");
        CommandRun.of("prune", DIGITS, "--sparsity", 0.5).assertRefused("-o OUT names the file to write" + USAGE);
    }

    private void refused(String message, Object... options) {
        Object[] arguments = new Object[options.length + 4];
        arguments[0] = "prune";
        arguments[1] = DIGITS;
        arguments[2] = "-o";
        arguments[3] = out;
        System.arraycopy(options, 0, arguments, 4, options.length);
        CommandRun.of(arguments).assertRefused(message);
    }
}
