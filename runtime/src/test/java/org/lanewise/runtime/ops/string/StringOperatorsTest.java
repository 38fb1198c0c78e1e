package org.lanewise.runtime.ops.string;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class StringOperatorsTest {
    private static Object[] strings(OnnxValue value) {
        return (String[]) ((Tensor) value).copy().storage();
    }

    @Test
    void joinsWithBroadcasting() {
        Tensor out = NodeTester.of("StringConcat", 20)
                .run(Tensor.of(new String[] {"a", "b"}, 2, 1), Tensor.of(new String[] {"x", "y", "z"}));
        assertEquals(Shape.of(2, 3), out.shape());
        assertArrayEquals(new String[] {"ax", "ay", "az", "bx", "by", "bz"}, strings(out));
    }

    @Test
    void splitsAtADelimiter() {
        Tensor in = Tensor.of(new String[] {"a,b,,c", "", "x"});
        List<OnnxValue> out = NodeTester.of("StringSplit", 20)
                .with("delimiter", ",")
                .with("maxsplit", 2L)
                .outputs(2)
                .runAll(in);
        assertArrayEquals(new String[] {"a", "b", ",c", "", "", "", "x", "", ""}, strings(out.get(0)));
        assertArrayEquals(new long[] {3, 1, 1}, ((Tensor) out.get(1)).toLongArray());
    }

    @Test
    void splitsAtWhiteSpace() {
        Tensor in = Tensor.of(new String[] {"  a \t b c ", " "});
        List<OnnxValue> out = NodeTester.of("StringSplit", 20).outputs(2).runAll(in);
        assertArrayEquals(new String[] {"a", "b", "c", "", "", ""}, strings(out.get(0)));
        out = NodeTester.of("StringSplit", 20).with("maxsplit", 1L).outputs(2).runAll(in);
        assertArrayEquals(new String[] {"a", "b c ", "", ""}, strings(out.get(0)));
        assertArrayEquals(new long[] {2, 0}, ((Tensor) out.get(1)).toLongArray());
    }

    @Test
    void dropsStopWords() {
        Tensor in = Tensor.of(new String[] {"The", "end"}, 1, 2);
        Attribute words = new Attribute.StringsValue(List.of("the", "END"));
        Tensor out =
                NodeTester.of("StringNormalizer", 10).with("stopwords", words).run(in);
        assertEquals(Shape.of(1, 1), out.shape());
        assertArrayEquals(new String[] {""}, strings(out));
        out = NodeTester.of("StringNormalizer", 10)
                .with("stopwords", words)
                .with("is_case_sensitive", 1L)
                .with("case_change_action", "UPPER")
                .run(in);
        assertArrayEquals(new String[] {"THE", "END"}, strings(out));
    }

    @Test
    void matchesPatterns() {
        Tensor out =
                NodeTester.of("RegexFullMatch", 20).with("pattern", "a+").run(Tensor.of(new String[] {"aa", "ab"}));
        assertArrayEquals(new long[] {1, 0}, out.toLongArray());
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("RegexFullMatch", 20).with("pattern", "(").run(Tensor.of(new String[] {"a"})));
        assertTrue(e.getMessage().contains("missing )"), e::getMessage);
    }
}
