package org.lanewise.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CompareTest {
    private static final Machine MACHINE = new Machine("cpu", 2, 512, "25", "Linux", "1.29.0", "2026-01-01");

    @TempDir
    Path folder;

    private static Row row(String work, int threads, double lanewise, double peer) {
        return new Row(
                "label of " + work,
                work,
                threads,
                "interleaved",
                new Times(lanewise, lanewise, lanewise),
                new Times(peer, peer, peer),
                new Times(peer, peer, peer),
                OrtOptions.DEFAULT,
                new Times(peer / lanewise, peer / lanewise, peer / lanewise),
                peer / lanewise,
                1e-6,
                true,
                1.5,
                null);
    }

    @Test
    void standardTableNamesEachWorkOnce() {
        List<Work> works = Work.standard();
        assertTrue(works.size() > 20);
        assertEquals(works.size(), new HashSet<>(works.stream().map(Work::name).toList()).size());
        assertEquals("built:resnet50", Work.of("ResNet-50").name());
        assertEquals(1.2, Work.of("built:resnet50").target(1));
        assertNull(Work.of("built:resnet50").target(3));
        assertNull(Work.of("MLP 30-64-32-2").target(2));
        assertNull(Work.of("gemm:1,2,3").target(1));
    }

    @Test
    void rowsSurviveTheFileAndReplaceOlderOnes() throws IOException {
        Path file = folder.resolve("rows.json");
        Results results = Results.none(MACHINE)
                .with(row("a", 1, 10, 5))
                .with(row("b", 1, 1, 1))
                .with(row("a", 1, 10, 20))
                .with(Row.skipped(Work.of("c"), 1, "no file"));
        results.write(file);
        assertEquals(results, Results.read(file));
        assertEquals(
                List.of("a", "b", "c"), results.rows().stream().map(Row::work).toList());
        assertThrows(IllegalArgumentException.class, () -> Results.readOrNew(file));
    }

    @Test
    void readmeTableStandsBetweenItsMarkers() throws IOException {
        Path readme = folder.resolve("README.md");
        Files.writeString(readme, """
            before
            <!-- speed: written by benchmarks/compare --readme FILE -->
            old
            <!-- /speed -->
            after
            """);
        ReadmeTable.write(
                readme,
                new Results(
                        MACHINE,
                        List.of(row("a", 2, 1000, 2500), row("a", 1, 2000, 3000), row("b", 1, 1.5, 3)),
                        List.of(),
                        List.of()));
        String text = Files.readString(readme);
        assertTrue(text.startsWith("before\n") && text.endsWith("<!-- /speed -->\nafter\n"), text);
        assertTrue(text.contains("| label of a | 2,000 | 3,000 | 1.50 | 1,000 | 2,500 | 2.50 |\n"), text);
        assertTrue(text.contains("| label of b | 1.50 | 3.00 | 2.00 |  |  |  |\n"), text);
        assertTrue(!text.contains("old\n"));
    }

    @Test
    void linesSayWhetherTheTargetIsMet() {
        assertTrue(
                Table.line(row("a", 1, 10, 16)).matches("label of a .* 1\\.60 \\[1\\.60 1\\.60\\] +1\\.50 met .*OK"));
        assertTrue(Table.line(row("a", 1, 10, 14)).contains("1.50 missed"));
        assertTrue(Table.line(Row.skipped(Work.of("c"), 1, "no file c")).endsWith("skipped: no file c"));
    }

    private static Int8Row int8Row(String work, double agreement) {
        Times time = new Times(1000, 1000, 1000);
        Times ratio = new Times(1.2, 1.25, 1.3);
        return new Int8Row(
                "label of " + work,
                work,
                1,
                "interleaved",
                time,
                new Times(1250, 1250, 1250),
                new Times(400, 400, 400),
                new Times(500, 500, 500),
                OrtOptions.DEFAULT,
                ratio,
                new Times(0.5, 0.5, 0.5),
                26,
                100,
                agreement,
                1.0,
                1.0,
                null);
    }

    @Test
    void quantizedModelsHaveATableOfTheirOwn() throws IOException {
        Path readme = folder.resolve("README.md");
        Files.writeString(
                readme, "<!-- int8: written by benchmarks/compare --readme FILE -->\nold\n<!-- /int8 -->\nafter\n");
        Path file = folder.resolve("int8.json");
        Results results = Results.none(MACHINE)
                .with(int8Row("a", 10))
                .with(int8Row("a", 60))
                .with(Int8Row.skipped(Int8Work.of("qdq:b"), 1, "no file"));
        results.write(file);
        assertEquals(results, Results.read(file));
        ReadmeTable.write(readme, results);
        String text = Files.readString(readme);
        assertTrue(text.contains("| label of a | 1,000 | 1,250 (400) | 1.25 | 500 | 0.50 | 26 % |\n"), text);
        assertTrue(text.endsWith("<!-- /int8 -->\nafter\n") && !text.contains("qdq:b"), text);
        String line = Table.line(int8Row("a", 60));
        assertTrue(line.contains("1.00 met") && line.contains("1.00 missed") && line.endsWith("26 % 60 OK"), line);
        assertTrue(Table.line(int8Row("a", 10)).endsWith("FAIL"));
    }

    @Test
    void tableOfQuantizedModelsNamesEachOnce() {
        List<Int8Work> works = Int8Work.standard();
        assertEquals(
                works.size(), new HashSet<>(works.stream().map(Int8Work::int8).toList()).size());
        Int8Work work = Int8Work.of("Conv 3x3, 64 channels, 56x56");
        assertEquals(1.0, work.overFp32());
        assertTrue(work.hasWinograd());
        assertEquals("zoo:digits", Int8Work.of("qdq:zoo:digits").fp32());
        assertThrows(IllegalArgumentException.class, () -> Int8Work.of("zoo:digits"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qdq:conv:8,16,3,1,9-normal",
                "bytes:conv:8,16,3,1,9*2",
                "bytes:gemm:3,40,50-normal",
                "dynamic:gemm:3,40,50-normal",
                "weights8:gemm:1,40,64",
                "weights4:gemm:1,40,64"
            })
    void quantizedModelsRunTheSameInBoth(String name) throws Exception {
        Int8Work work = Int8Work.of(name);
        Workload workload = Workload.of(name);
        try (Runner lanewise = LocalRunner.open(LocalRunner.LANEWISE, workload, 1);
                Runner peer = LocalRunner.open(OrtOptions.DEFAULT, workload, 1)) {
            double decibels = Int8Measurement.decibels(peer.outputs(), lanewise.outputs());
            assertTrue(decibels > 40, work.label() + ": " + decibels + " dB");
            assertTrue(lanewise.run(0.001).length >= 1);
            assertTrue(peer.run(0.001).length >= 1);
        }
    }

    @Test
    void decibelsAreThoseOfTheWorstOutput() {
        Map<String, float[]> expected = Map.of("a", new float[] {3, 4}, "b", new float[] {10});
        assertEquals(200, Int8Measurement.decibels(expected, expected));
        Map<String, float[]> got = Map.of("a", new float[] {3, 4}, "b", new float[] {9});
        assertEquals(20, Int8Measurement.decibels(expected, got), 1e-9);
    }

    private static SparseRow sparseRow(String work, boolean accepted) {
        Times ratio = new Times(3.9, 4.25, 4.5);
        return new SparseRow(
                "label of " + work,
                work,
                1,
                "interleaved",
                0.9,
                new Times(1000, 1000, 1000),
                new Times(4250, 4250, 4250),
                new Times(3500, 3500, 3500),
                OrtOptions.DEFAULT,
                ratio,
                new Times(3.5, 3.5, 3.5),
                "sparse-gemm",
                1e-6,
                1e-7,
                accepted,
                4.0,
                4.0,
                null);
    }

    @Test
    void sparseModelsHaveATableOfTheirOwn() throws IOException {
        Path readme = folder.resolve("README.md");
        Files.writeString(
                readme, "<!-- sparse: written by benchmarks/compare --readme FILE -->\nold\n<!-- /sparse -->\nafter\n");
        Path file = folder.resolve("sparse.json");
        Results results = Results.none(MACHINE)
                .with(sparseRow("a", false))
                .with(sparseRow("a", true))
                .with(SparseRow.skipped(SparseWork.of("b"), 1, "no file"));
        results.write(file);
        assertEquals(results, Results.read(file));
        assertEquals(2, results.sparse().size());
        ReadmeTable.write(readme, results);
        String text = Files.readString(readme);
        assertTrue(text.contains("| label of a | 90 % | 1,000 | 4,250 | 4.25 | 3,500 | 3.50 | sparse-gemm |\n"), text);
        assertTrue(text.endsWith("<!-- /sparse -->\nafter\n") && !text.contains("| b |"), text);
        String line = sparseRow("a", true).line();
        assertTrue(line.matches("label of a .* 90\\.0 % .* 4\\.00 met .* 4\\.00 missed .* OK +sparse-gemm"), line);
        assertTrue(sparseRow("a", false).line().contains("FAIL"));
        assertTrue(results.sparse().get(1).line().endsWith("skipped: no file"));
    }

    @Test
    void oneFileHoldsAllTables() throws IOException {
        Path file = folder.resolve("all.json");
        Results results = Results.none(MACHINE);
        for (TableRow row : List.of(row("a", 1, 10, 5), int8Row("b", 60), sparseRow("c", true))) {
            results = row.addedTo(results);
        }
        results.write(file);
        assertEquals(results, Results.read(file));
        for (TableKind kind : TableKind.values()) {
            assertEquals(1, kind.rows(results).size());
        }
    }

    @Test
    void tableOfSparseModelsNamesEachOnce() {
        List<SparseWork> works = SparseWork.standard();
        assertEquals(
                works.size(), new HashSet<>(works.stream().map(SparseWork::name).toList()).size());
        assertEquals(
                works.size(),
                new HashSet<>(works.stream().map(SparseWork::label).toList()).size());
        SparseWork work = SparseWork.of("MatMul 128x768x3072, 90 %");
        assertEquals("gemm:128,3072,768-sparse90", work.name());
        assertEquals(4.0, work.overDense());
        assertNull(SparseWork.of("gemm:1,2,3-sparse50").overOrt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conv:32,48,1,1,9-sparse90",
                "conv:32,24,3,1,9-2of4",
                "conv:16,24,3,1,6*2-sparse80x4",
                "gemm:70,40,96-sparse90",
                "gemm:1,80,96-sparse90x16",
                "pruned80:zoo:digits"
            })
    void sparseModelsRunTheSameInAll(String name) throws Exception {
        Measurement way = new Measurement(1, false, 0.01, 0.01, false);
        SparseRow row = new SparseMeasurement(way).of(SparseWork.of(name), doing -> {});
        assertTrue(Boolean.TRUE.equals(row.withinTolerance()), row.toString());
        assertTrue(row.zeros() > 0.4 && row.zeros() < 0.95, row.toString());
        assertTrue(row.line().contains(" OK "), row.line());
    }

    @Test
    void timesAreQuantiles() {
        assertEquals(new Times(2, 6, 10), Times.of(new double[] {10, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
        assertEquals(new Times(7, 7, 7), Times.of(new double[] {7}));
    }

    @Test
    void aProcessOfItsOwnGivesTheSameOutputs() throws Exception {
        Workload work = Workload.of("zoo:breast-cancer");
        try (Runner remote = RemoteRunner.start(LocalRunner.LANEWISE, "zoo:breast-cancer", 1);
                Runner peer = RemoteRunner.start(OrtOptions.DEFAULT, "zoo:breast-cancer", 1);
                Runner local = LocalRunner.open(LocalRunner.LANEWISE, work, 1)) {
            float[] expected = local.outputs().values().iterator().next();
            assertEquals(expected[0], remote.outputs().values().iterator().next()[0], 0);
            assertEquals(expected[0], peer.outputs().values().iterator().next()[0], 1e-5);
            assertTrue(remote.run(0.01).length >= 1);
        }
    }

    @Test
    void aModelThatIsMissingIsSaidToBe() {
        IllegalArgumentException missing =
                assertThrows(IllegalArgumentException.class, () -> Workload.of("nothing.onnx"));
        assertEquals("no file nothing.onnx", missing.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Workload.of("zoo:digits@N=x"));
        assertThrows(IllegalArgumentException.class, () -> OrtOptions.of("ort-fast"));
    }
}
