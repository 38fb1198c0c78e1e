package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** A lone 1x1 convolution whose image size is declared may run on another kernel than one whose size is not. */
class LonePointwiseTest {
    private static Graph conv(int batch, int in, int out, long height, long width) {
        GraphBuilder g = new GraphBuilder(3);
        g.input("x", batch, in, height, width);
        String sums = g.node("Conv", "x", g.noise(out, in, 1, 1), g.noise(out));
        return g.output(g.node("Relu", sums)).build();
    }

    @ParameterizedTest
    @CsvSource({"1,70,128,7,7", "3,40,64,7,7", "2,90,192,10,10", "2,1100,64,7,1"})
    void declaredSizesAndThreadsChangeNothing(int batch, int in, int out, int height, int width) {
        Map<String, Tensor> inputs = Map.of("x", GraphBuilder.noise(new Random(8), batch, in, height, width));
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session open = Session.open(Rewritten.model(conv(batch, in, out, -1, -1)), options);
                Session one = Session.open(Rewritten.model(conv(batch, in, out, height, width)), options);
                Session two =
                        Session.open(Rewritten.model(conv(batch, in, out, height, width)), options.withThreads(2))) {
            String name = open.run(inputs).keySet().iterator().next();
            float[] expected = open.run(inputs).get(name).toFloatArray();
            float[] values = one.run(inputs).get(name).toFloatArray();
            assertEquals(batch * out * height * width, values.length);
            assertArrayEquals(expected, values, 1e-4f);
            assertArrayEquals(values, two.run(inputs).get(name).toFloatArray());
        }
    }
}
