package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** Whatever the quantized network, on bytes from end to end it computes what it says in fp32. */
class RandomQuantizedGraphTest {
    /**
     * A value beside a rounding boundary may fall on either side and take others with it, so single values may differ by several steps; of a wrong sum, scale or zero point most would, by far more.
     */
    private static final double MOST_STEPS = 1;

    @Property(tries = 200)
    void fusedIsAsWritten(
            @ForAll long seed,
            @ForAll @Size(min = 1, max = 9)
                    List<@IntRange(min = 0, max = RandomQuantizedGraph.STEPS - 1) Integer> kinds) {
        RandomQuantizedGraph.Sample sample = RandomQuantizedGraph.of(seed, kinds);
        SessionOptions one = SessionOptions.DEFAULT.withThreads(1);
        try (Session fused = Session.open(Rewritten.model(sample.graph()), one);
                Session shared = Session.open(Rewritten.model(sample.graph()), one.withThreads(2));
                Session written = Session.open(Rewritten.model(sample.graph()), one.raw())) {
            Map<String, Tensor> expected = written.run(sample.inputs());
            Map<String, Tensor> got = fused.run(sample.inputs());
            Map<String, Tensor> gotShared = shared.run(sample.inputs());
            sample.steps().forEach((name, step) -> {
                assertEquals(expected.get(name).shape(), got.get(name).shape());
                double error = steps(expected.get(name), got.get(name), step);
                assertTrue(error <= MOST_STEPS, () -> name + " is off by " + error + " steps (root mean square)");
                assertEquals(0, steps(got.get(name), gotShared.get(name), step), "of one thread and two");
            });
        }
    }

    private static double steps(Tensor expected, Tensor got, double step) {
        double sum = 0;
        for (int i = 0; i < expected.size(); i++) {
            double error = (expected.getDouble(i) - got.getDouble(i)) / step;
            sum += error * error;
        }
        return Math.sqrt(sum / Math.max(1, expected.size()));
    }
}
