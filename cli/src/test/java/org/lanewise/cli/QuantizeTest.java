package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.loaders.onnx.OnnxModelFormat;
import org.lanewise.loaders.onnx.OnnxWriter;

class QuantizeTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path table;
    private Path out;

    @BeforeEach
    void writeFiles() throws IOException {
        model = Files.write(folder.resolve("product.onnx"), SmallModels.product());
        table = Files.writeString(folder.resolve("rows.csv"), "0.5,1\n-1,0.25\n1,1\n");
        out = folder.resolve("q.onnx");
    }

    @Test
    void theFileWithTheWeightsIsNotWrittenOver() throws IOException {
        Path whole = Files.write(folder.resolve("whole.onnx"), SmallModels.pruned());
        Path model = folder.resolve("apart.onnx");
        OnnxWriter.write(new OnnxModelFormat().read(whole), model, OnnxWriter.Weights.EXTERNAL);
        Path weights = folder.resolve("apart.onnx.data");
        long bytes = Files.size(weights);
        CommandRun.of("quantize", model, "--mode", "dynamic", "-o", weights)
                .assertRefused("-o names the file with the weights of the model itself: give another file, that one is"
                        + " worth keeping");
        assertEquals(bytes, Files.size(weights));
    }

    @Test
    void staticallyFromRowsOfATable() {
        List<String> lines = CommandRun.of("quantize", model, "--calibrate", table, "-o", out)
                .assertDone()
                .lines();
        assertTrue(lines.getFirst().startsWith(model + " -> " + out + ": 1 of 1 layers quantized, "), lines.getFirst());
        assertEquals(
                "static, QDQ, uint8 asymmetric activations, int8 weights per channel, min-max over 3 samples",
                lines.get(1));
        String run = CommandRun.of("run", out, "--input", "x=" + table, "--json")
                .assertDone()
                .out();
        assertTrue(run.contains("scores"), run);
    }

    @Test
    void everyLayerIsShownWithItsRange() {
        String text = CommandRun.of("quantize", model, "--calibrate", table, "-o", out, "--verbose")
                .assertDone()
                .out();
        assertTrue(text.contains("-0.9961..1.004"), text);
        String json = CommandRun.of("quantize", model, "--calibrate", table, "-o", out, "--json", "--samples", 1)
                .assertDone()
                .out();
        assertTrue(json.contains("\"operator\":\"MatMul\",\"quantized\":true,\"bytes_before\":24"), json);
        assertTrue(json.contains("over 1 sample\""), json);
    }

    @Test
    void dynamicallyAndWeightsOnlyWithoutData() {
        String dynamic = CommandRun.of("quantize", model, "--mode", "dynamic", "-o", out)
                .assertDone()
                .out();
        assertTrue(dynamic.contains("dynamic, uint8 activations, int8 weights per channel"), dynamic);
        String weights = CommandRun.of(
                        "quantize",
                        model,
                        "--mode",
                        "weight-only",
                        "--bits",
                        8,
                        "--store",
                        "dequantize-linear",
                        "-o",
                        out)
                .assertDone()
                .out();
        assertTrue(weights.contains("weight-only, int8 with zero points in blocks of 32, rounded to nearest"), weights);
    }

    @Test
    void whatIsMissingIsSaid() {
        CommandRun.of("quantize", model, "-o", out)
                .assertRefused("--calibrate DATA gives real inputs to measure ranges on; without, choose --mode dynamic"
                        + " or --mode weight-only, which need none; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--mode", "dynamic", "--target-sqnr", 30, "-o", out)
                .assertRefused("--target-sqnr needs --mode static; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--calibrate", table, "--bits", 8, "-o", out)
                .assertRefused("--bits needs --mode weight-only; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--calibrate", table, "--target-agreement", 1.5, "-o", out)
                .assertRefused("the agreement is a share from 0 to 1, got 1.5; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--calibrate", table, "--target-accuracy-loss", 0, "-o", out)
                .assertRefused(
                        "--target-accuracy-loss counts right answers: give the right classes with --labels FILE (a"
                                + " CIFAR-10 .bin file has its own)");
        CommandRun.of("quantize", model, "--calibrate", table, "--method", "kl", "-o", out)
                .assertRefused("--method is one of min-max, percentile, entropy, mse, got 'kl'; see lanewise quantize"
                        + " --help");
        CommandRun.of("quantize", model, "--calibrate", table, "--method", "mse", "--percentile", 99, "-o", out)
                .assertRefused("--percentile needs --method percentile; see lanewise quantize --help");
        CommandRun.of(
                        "quantize",
                        model,
                        "--calibrate",
                        table,
                        "--method",
                        "percentile",
                        "--percentile",
                        0.99,
                        "-o",
                        out)
                .assertRefused(
                        "the percentile must be above 50 and at most 100, got 0.99; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--calibrate", table, "-o", model)
                .assertRefused("-o names the model itself: give another file, that one is worth keeping");
        CommandRun.of("quantize", model, "--calibrate", table, "-o", table)
                .assertRefused("-o names the data itself: give another file, that one is worth keeping");
        CommandRun.of("quantize", model, "--mode", "weight-only", "--rounding", "gptq", "-o", out)
                .assertRefused("--rounding gptq needs --calibrate DATA: real inputs to weigh errors by; see lanewise"
                        + " quantize --help");
        CommandRun.of("quantize", model, "--mode", "dynamic", "--calibrate", table, "-o", out)
                .assertRefused("--calibrate is for --mode static and for --mode weight-only --rounding gptq; dynamic"
                        + " looks at no data; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--mode", "dynamic", "--exclude", "scores", "-o", out)
                .assertRefused("nothing is left to quantize: all 1 layers that could be are excluded");
        CommandRun.of("quantize", table, "--mode", "dynamic", "-o", out)
                .assertRefused(table + " is no ONNX model, or damaged: at byte 0: field 6 has wire type 0, expected a"
                        + " length and bytes");
    }

    @Test
    void whereNothingCanBeWrittenIsSaidFirst() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Path none = folder.resolve("none").resolve("q.onnx");
        CommandRun.of("quantize", model, "--calibrate", table, "-o", taken)
                .assertRefused("-o names a folder: " + taken + "; give a file in it");
        assertTrue(Files.isDirectory(taken));
        CommandRun.of("quantize", model, "--calibrate", folder.resolve("no data"), "-o", none)
                .assertRefused("the folder of -o " + none + " does not exist");
        CommandRun.of("compare", model, model, "--data", table, "--html", taken)
                .assertRefused("--html names a folder: " + taken + "; give a file in it");
        CommandRun.of("compare", model, model, "--data", table, "--json", none)
                .assertRefused("the folder of --json " + none + " does not exist");
    }

    @Test
    void aFileThatCannotBeWrittenIsNamedAsItWasAsked() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")) && Files.exists(Path.of("/dev/full")));
        CommandRun.of("quantize", model, "--mode", "dynamic", "-o", "/proc/q.onnx")
                .assertRefused("-o /proc/q.onnx cannot be written: the folder takes no such file");
        CommandRun.of("prune", "zoo:digits", "--sparsity", 0.5, "-o", "/proc/p.onnx")
                .assertRefused("-o /proc/p.onnx cannot be written: the folder takes no such file");
        // Whoever may write to /dev would replace the device by the model
        Path device = Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/full"));
        CommandRun.of("quantize", model, "--mode", "dynamic", "-o", device)
                .assertRefused("-o names a device, not a file: " + device);
        assertTrue(Files.isSymbolicLink(device));
        CommandRun full = CommandRun.of(
                "compare", model, model, "--data", table, "--seconds", 0, "--layer-samples", 0, "--html", "/dev/full");
        assertEquals("lanewise: --html /dev/full cannot be written: No space left on device\n", full.err());
        assertEquals(2, full.code());
    }

    @Test
    void accuracyAgainstLabelsIsATarget() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.csv"), "2\n0\n1\n");
        String text = CommandRun.of(
                        "quantize",
                        model,
                        "--calibrate",
                        table,
                        "--labels",
                        labels,
                        "--target-accuracy-loss",
                        0.3,
                        "-o",
                        out)
                .assertDone()
                .out();
        // Scores grow with the class where the input is positive, and fall in the second row: 2 and 0 are right
        assertTrue(text.contains("all layers quantized meet the target: "), text);
        assertTrue(text.contains(", 2 of 3 right (fp32 2)"), text);
        Path few = Files.writeString(folder.resolve("few.csv"), "2\n");
        CommandRun.of("quantize", model, "--calibrate", table, "--labels", few, "--target-accuracy-loss", 1, "-o", out)
                .assertRefused(few + " has 1 labels, the data has 3 samples");
        Path large = Files.writeString(folder.resolve("large.csv"), "2\n0\n3\n");
        CommandRun.of(
                        "quantize",
                        model,
                        "--calibrate",
                        table,
                        "--labels",
                        large,
                        "--target-accuracy-loss",
                        1,
                        "-o",
                        out)
                .assertRefused("label 3: output 'scores' has 3 classes, expected 0 to 2");
        CommandRun.of("quantize", model, "--calibrate", table, "--labels", labels, "-o", out)
                .assertRefused("--labels needs --target-accuracy-loss; see lanewise quantize --help");
    }

    @Test
    void dataThatDoesNotFitIsRefused() throws IOException {
        CommandRun.of("quantize", model, "--calibrate", folder.resolve("none"), "-o", out)
                .assertRefused("no such data: " + folder.resolve("none")
                        + "; expected a folder of images, .npy files or test_data_set_* folders, or a .npy, .csv or"
                        + " (CIFAR-10) .bin file");
        Path wide = Files.writeString(folder.resolve("wide.csv"), "1,2,3\n");
        CommandRun.of("quantize", model, "--calibrate", wide, "-o", out)
                .assertRefused("calibration sample 1: input 'x' has shape [1,3], expected [n,2]");
        CommandRun.of("quantize", model, "--calibrate", table, "--exclude", "fc1", "-o", out)
                .assertRefused("no layer to quantize is called 'fc1'; the nearest: scores");
    }
}
