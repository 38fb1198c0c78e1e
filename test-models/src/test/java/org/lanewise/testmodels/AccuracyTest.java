package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.Tensor;

/** The shipped models get as many held-out examples right as in ONNX Runtime ({@code held-out/README.md}). */
class AccuracyTest {
    @ParameterizedTest
    @CsvSource({
        "digits, RAW_ONE_THREAD, 493",
        "digits, OPTIMIZED_TWO_THREADS, 493",
        "digits-lstm, RAW_ONE_THREAD, 492",
        "digits-lstm, OPTIMIZED_TWO_THREADS, 492",
        "digits-transformer, RAW_ONE_THREAD, 493",
        "digits-transformer, OPTIMIZED_TWO_THREADS, 493"
    })
    void digits(String name, Setting setting, int expected) throws IOException {
        HeldOut digits = HeldOut.digits();
        assertEquals(500, digits.labels().length);
        int[] dims = name.equals("digits-lstm") ? new int[] {500, 28, 28} : new int[] {500, 1, 28, 28};
        assertEquals(expected, digits.right(scores(name, setting, Tensor.of(digits.data(), dims))));
    }

    @ParameterizedTest
    @EnumSource
    void tumors(Setting setting) throws IOException {
        HeldOut tumors = HeldOut.tumors();
        assertEquals(171, tumors.labels().length);
        assertEquals(168, tumors.right(scores("breast-cancer", setting, Tensor.of(tumors.data(), 171, 30))));
    }

    private static Tensor scores(String name, Setting setting, Tensor input) {
        try (Session session = Session.open(Zoo.find(name).model(), setting.options())) {
            return session.run(Map.of(session.inputs().getFirst().name(), input))
                    .values()
                    .iterator()
                    .next();
        }
    }
}
