package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that would do nothing as they are given. */
class NeedsTest {
    @TempDir
    private Path folder;

    /** A command, an option of it that would do nothing, and what the option needs; IN is a model, DATA its inputs, OUT a file. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        run IN --random --layout NCHW                                               | --layout               | --image FILE
        run IN --random --size 2x2                                                  | --size                 | --image FILE
        run IN --random --fit pad                                                   | --fit                  | --image FILE
        run IN --random --color rgb                                                 | --color                | --image FILE
        run IN --random --range=0..1                                                | --range                | --image FILE
        run IN --random --mean 1                                                    | --mean                 | --image FILE
        run IN --random --std 1                                                     | --std                  | --image FILE
        run IN --input x=DATA --seed 1                                              | --seed                 | --random
        run IN --input x=DATA --dim n=1                                             | --dim                  | --random
        inspect IN --no-winograd                                                    | --no-winograd          | --optimized
        inspect IN --no-int8                                                        | --no-int8              | --optimized
        inspect IN --sparse --no-sparse                                             | --sparse               | --no-sparse to be left out
        compare IN IN --data DATA --isolated --layer-samples 0                      | --isolated             | --layer-samples above 0
        compare IN IN --data DATA --threads 1 --seconds 0                           | --threads              | --seconds above 0
        hwbench --seconds 1                                                         | --seconds              | a shape M,N,K or --sparse
        quantize IN -o OUT --calibrate DATA --target-samples 2                      | --target-samples       | a target, such as --target-sqnr 30
        quantize IN -o OUT --mode dynamic --samples 2                               | --samples              | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --layout NCHW                             | --layout               | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --size 2x2                                | --size                 | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --fit pad                                 | --fit                  | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --color rgb                               | --color                | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --range=0..1                              | --range                | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --mean 1                                  | --mean                 | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --std 1                                   | --std                  | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --raw                                     | --raw                  | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --threads 1                               | --threads              | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --no-winograd                             | --no-winograd          | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --no-int8                                 | --no-int8              | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode dynamic --no-sparse                               | --no-sparse            | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode weight-only --samples 2                           | --samples              | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode weight-only --range=0..1                          | --range                | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        quantize IN -o OUT --mode weight-only --threads 1                           | --threads              | --calibrate DATA, with --mode static or --mode weight-only --rounding gptq
        prune IN -o OUT --sparsity 0.5 --data DATA --target-samples 2               | --target-samples       | --sensitivity or a target, such as --target-accuracy-loss 1
        prune IN -o OUT --sparsity 0.5 --data DATA --labels DATA                    | --labels               | --sensitivity or a target, such as --target-accuracy-loss 1
        prune IN -o OUT --sparsity 0.5 --layout NCHW                                | --layout               | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --size 2x2                                   | --size                 | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --fit pad                                    | --fit                  | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --color rgb                                  | --color                | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --range=0..1                                 | --range                | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --mean 1                                     | --mean                 | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --std 1                                      | --std                  | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --raw                                        | --raw                  | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --threads 1                                  | --threads              | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --no-winograd                                | --no-winograd          | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --no-int8                                    | --no-int8              | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --no-sparse                                  | --no-sparse            | --data DATA: real inputs
        prune IN -o OUT --sparsity 0.5 --data DATA --method magnitude --no-sequence | --no-sequence          | --method second-order
        prune IN --sensitivity --data DATA --sparse-initializer                     | --sparse-initializer   | -o OUT
        prune IN --sensitivity --data DATA --reconstruct 2                          | --reconstruct          | -o OUT
        prune IN --sensitivity --data DATA --target-sqnr 9                          | --target-sqnr          | -o OUT
        prune IN --sensitivity --data DATA --target-agreement 1                     | --target-agreement     | -o OUT
        prune IN --sensitivity --data DATA --target-cosine 1                        | --target-cosine        | -o OUT
        prune IN --sensitivity --data DATA --target-accuracy-loss 1                 | --target-accuracy-loss | -o OUT
        prune IN --sensitivity --data DATA --sparsity 0.5                           | --sparsity             | -o OUT
        prune IN --sensitivity --data DATA --scope layer                            | --scope                | -o OUT
        prune IN --sensitivity --data DATA --no-sequence                            | --no-sequence          | -o OUT
        """)
    void areRefused(String line, String option, String need) throws Exception {
        Path model = Files.write(folder.resolve("in.onnx"), SmallModels.product());
        Path data = Files.writeString(folder.resolve("data.csv"), "1,2\n3,4\n");
        Path out = folder.resolve("out.onnx");
        Object[] arguments = Arrays.stream(line.split(" "))
                .map(word -> word.replace("IN", model.toString())
                        .replace("DATA", data.toString())
                        .replace("OUT", out.toString()))
                .toArray();
        CommandRun.of(arguments)
                .assertRefused(option + " needs " + need + "; see lanewise " + arguments[0] + " --help");
        assertFalse(Files.exists(out));
    }
}
