package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.ops.RecordedCase;

/** The quantized operators against results of ONNX Runtime 1.29.0 on seeded random inputs: bytes equal, floats within rounding; inputs constant or not, on one thread and two. */
class QuantizedContribTest {
    @ParameterizedTest
    @ValueSource(strings = {"elementwise", "joining", "pooling", "products", "convolutions", "networks", "casts"})
    void agreesWithRecordedResults(String family) {
        List<RecordedCase> cases = RecordedCase.read(QuantizedContribTest.class, "quantized-" + family + ".txt");
        assertFalse(cases.isEmpty());
        Stream<Executable> checks = cases.stream()
                .flatMap(recorded -> Stream.of(true, false)
                        .map(constants -> () -> assertNull(
                                recorded.difference(recorded.model(constants)
                                        .threads(constants ? 1 : 2)
                                        .run()),
                                recorded::toString)));
        assertAll(checks);
    }
}
