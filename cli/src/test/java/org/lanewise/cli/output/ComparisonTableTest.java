package org.lanewise.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.compare.ErrorStatistics;
import org.lanewise.quantization.compare.LayerResult;
import org.lanewise.quantization.compare.SumBound;

class ComparisonTableTest {
    private static LayerResult layer(float reference, float candidate, long largest) {
        ErrorStatistics error = new ErrorStatistics();
        error.add(reference, candidate);
        return new LayerResult(
                "conv", "conv", "Conv", List.of(), true, error, null, 1, 0, null, null, new SumBound(largest));
    }

    private static ComparisonReport report(LayerResult... layers) {
        ComparisonReport.ModelFile file = new ComparisonReport.ModelFile("model", 100, 50);
        return new ComparisonReport(
                file,
                file,
                1,
                1,
                List.of(layers),
                null,
                List.of("alone"),
                List.of(),
                List.of("in"),
                List.of(),
                List.of());
    }

    @Test
    void pathsAreShortenedFromTheFront() {
        String path = "/encoder/layer.10/attention/output/dense/MatMul";
        assertEquals(path, ComparisonTable.shortened(path, 60));
        assertEquals("/e/l.10/a/output/dense/MatMul", ComparisonTable.shortened(path, 30));
        assertEquals("/e/l.10/a/o/d/MatMul", ComparisonTable.shortened(path, 20));
        String dots = "blocks.12.attention.query.MatMul";
        assertEquals("b.12.attention.query.MatMul", ComparisonTable.shortened(dots, 27));
        assertEquals("b.12.a.query.MatMul", ComparisonTable.shortened(dots, 20));
        assertEquals("abc..qrstuvwxyz", ComparisonTable.shortened("abcdefghijklmnopqrstuvwxyz", 15));
    }

    @Test
    void numbersTakeFourDigitsOrSo() {
        assertEquals("0", ComparisonTable.number(0));
        assertEquals("0.12346", ComparisonTable.number(0.123456));
        assertEquals("12.346", ComparisonTable.number(12.3456));
        assertEquals("1234.6", ComparisonTable.number(1234.56));
        assertEquals("1.2e-05", ComparisonTable.number(0.000012));
        assertEquals("exact", ComparisonTable.decibels(Double.POSITIVE_INFINITY));
        assertEquals("lost", ComparisonTable.decibels(Double.NEGATIVE_INFINITY));
        assertEquals("-", ComparisonTable.percent(Double.NaN, 2));
    }

    @Test
    void aWiderTerminalGetsWiderNames() {
        ComparisonReport report = report(layer(2, 1, 1));
        String narrow = new ComparisonTable(report, 10).lines().getFirst();
        String wide = new ComparisonTable(report, 100).lines().getFirst();
        assertTrue(narrow.length() <= 80);
        assertEquals(20, wide.length() - narrow.length());
    }

    @Test
    void whatMayOverflowIsNamed() {
        assertEquals(
                "saturated sums: 0, proved: the sums of 2 layers need at most 10.0 of 31 bits",
                report(layer(2, 1, 1024), layer(2, 1, 3)).saturation());
        assertEquals(
                "saturated sums: 0, proved: the sums of 1 layer need at most 10.0 of 31 bits",
                report(layer(2, 1, 1024)).saturation());
        assertEquals(
                "saturated sums: possible in conv",
                report(layer(2, 1, 1L << 31), layer(2, 1, 3)).saturation());
    }

    @Test
    void modelsTrainedApartAreNoticed() {
        assertFalse(report(layer(2, 1, 1), layer(2, 1, 1)).isUnrelated());
        ComparisonReport apart = report(layer(2, -1, 1), layer(2, -1, 1), layer(2, 1, 1));
        assertTrue(apart.isUnrelated());
        List<String> lines = new ComparisonTable(apart, 80).lines();
        assertTrue(lines.contains(ComparisonReport.UNRELATED));
        assertTrue(lines.containsAll(List.of("layers of the reference without a partner:", "  alone")));
        assertTrue(lines.containsAll(List.of("1 layer in a body is not compared:", "  in")));
    }
}
