package org.lanewise.runtime.optimize;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the graph, the passes do not change what it computes. */
class RandomGraphTest {
    @Property(tries = 400)
    void optimizedIsRaw(
            @ForAll long seed,
            @ForAll boolean dynamic,
            @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 0, max = RandomGraph.STEPS - 1) Integer> steps) {
        RandomGraph.Sample sample = RandomGraph.of(seed, dynamic, steps);
        Rewritten.check(sample.graph(), sample.inputs());
    }
}
