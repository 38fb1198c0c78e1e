package org.lanewise.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.LayerReport;
import org.lanewise.quantization.QuantizationResult;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;

class QuantizationReportTest {
    private static LayerReport layer(String name, String operator, String reason) {
        return new LayerReport(name, operator, reason, 40, 40, null, null, Double.NaN);
    }

    @Test
    void layersLeftForOneReasonShareALine() {
        Graph empty = Graph.of("empty", List.of(), List.of(), List.of(), Map.of(), Map.of());
        List<LayerReport> layers = new ArrayList<>();
        layers.add(layer("scores", "Gemm", ""));
        for (int i = 0; i < 10; i++) {
            layers.add(layer("c" + i, "Conv", "not asked for"));
        }
        layers.add(layer("up", "ConvTranspose", "no form"));
        QuantizationResult result = new QuantizationResult(
                new Model(empty, 8, Map.of("", 13), "", "", Map.of()), "dynamic", layers, List.of("a note"), 100, 50);
        QuantizationReport report = new QuantizationReport("m.onnx", Path.of("q.onnx"), 1000, 500, result);
        assertEquals(
                List.of(
                        "m.onnx -> q.onnx: 1 of 12 layers quantized, 1,000 -> 500 bytes (50 %)",
                        "dynamic",
                        "a note",
                        "fp32: 10 Conv, not asked for: 'c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7' and 2 more"
                                + " (--verbose)",
                        "fp32: ConvTranspose 'up', no form"),
                report.lines(false));
    }
}
