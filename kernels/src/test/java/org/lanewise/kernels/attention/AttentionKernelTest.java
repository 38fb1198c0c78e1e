package org.lanewise.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The blocked kernel against plain loops in double, with rows that lie apart. */
class AttentionKernelTest {
    private static final float FILL = -2.5f;

    private final Random random = new Random(5);

    private Attention.Rows rows(int count, int size, int gap) {
        float[] values = new float[3 + count * (size + gap)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return new Attention.Rows(values, 3, size + gap);
    }

    private static double at(Attention.Rows rows, int row, int column) {
        return rows.array()[rows.offset() + row * rows.stride() + column];
    }

    @ParameterizedTest
    @CsvSource({
        // queries, keys, size, valueSize, causal, left, masked
        "11, 11, 32, 32, false, -1, 1",
        "1, 5, 3, 2, false, -1, 0",
        "1, 301, 64, 70, false, -1, 2",
        "1, 40, 900, 64, true, 3, 1",
        "128, 128, 64, 64, false, -1, 1",
        "70, 1700, 8, 5, false, -1, 2",
        "90, 90, 16, 24, true, -1, 2",
        "200, 200, 4, 3, true, 37, 0",
        "9, 33, 800, 7, false, -1, 1",
        "40, 24, 6, 40, false, -1, 2"
    })
    void agreesWithPlainLoops(int queries, int keys, int size, int valueSize, boolean causal, int left, int masked) {
        Attention.Rows q = rows(queries, size, 2);
        Attention.Rows k = rows(keys, size, 5);
        Attention.Rows v = rows(keys, valueSize, 1);
        Attention.Rows y = rows(queries, valueSize, 4);
        byte[] bits = new byte[keys * queries];
        random.nextBytes(bits);
        Attention.Mask mask = switch (masked) {
            case 0 -> null;
            case 1 -> new Attention.Mask(new Attention.Rows(rows(1, keys, 0).array(), 1, 0), keys);
            default ->
                new Attention.Mask(
                        new Attention.Choice(clear(bits), 0, keys, masked == 2, FILL), rows(queries, keys, 0), keys);
        };
        AttentionSpec spec = new AttentionSpec(
                0.3f, 0, causal, left, -1, false, AttentionSpec.Capture.PRODUCT, AttentionSpec.EmptyRows.NAN);
        Attention.Head head = new Attention.Head(queries, keys, size, valueSize, keys, 0);
        float[] scratch = new float[Attention.scratchSize(head)];
        Arrays.fill(scratch, Float.NaN);
        float[] before = y.array().clone();
        int cut = queries / 3;
        Attention.run(spec, head, q, k, v, mask, y, null, scratch, 0, cut);
        Attention.run(spec, head, q, k, v, mask, y, null, scratch, cut, queries);
        for (int row = 0; row < queries; row++) {
            double[] expected = expected(spec, head, q, k, v, mask, row);
            for (int c = 0; c < valueSize; c++) {
                assertEquals(expected[c], at(y, row, c), 2e-5, "row " + row + ", column " + c);
            }
            for (int c = valueSize; c < y.stride(); c++) {
                assertEquals(before[y.at(row) + c], y.array()[y.at(row) + c], "between rows");
            }
        }
    }

    private static byte[] clear(byte[] bits) {
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) (bits[i] & 1);
        }
        return bits;
    }

    private static double[] expected(
            AttentionSpec spec,
            Attention.Head head,
            Attention.Rows q,
            Attention.Rows k,
            Attention.Rows v,
            Attention.Mask mask,
            int row) {
        double[] y = new double[head.valueSize()];
        double sum = 0;
        for (int key = 0; key < head.keys(); key++) {
            if (spec.causal() && key > row || spec.left() >= 0 && key < row - spec.left()) {
                continue;
            }
            double score = 0;
            for (int c = 0; c < head.size(); c++) {
                score += at(q, row, c) * at(k, key, c);
            }
            score *= spec.scale();
            if (mask != null && mask.choice() != null) {
                Attention.Choice choice = mask.choice();
                score = choice.array()[row * choice.stride() + key] != 0 == choice.kept() ? score : choice.fill();
            }
            score += mask == null || mask.rows() == null ? 0 : at(mask.rows(), row, key);
            double weight = Math.exp(score);
            sum += weight;
            for (int c = 0; c < y.length; c++) {
                y[c] += weight * at(v, key, c);
            }
        }
        for (int c = 0; c < y.length; c++) {
            y[c] /= sum;
        }
        return y;
    }

    /** A sink is one more key with a value of zeros. */
    @Test
    void aSinkTakesWeight() {
        int queries = 7;
        int keys = 37;
        Attention.Rows q = rows(queries, 8, 0);
        Attention.Rows k = rows(keys, 8, 0);
        Attention.Rows v = rows(keys, 3, 0);
        for (float sink : new float[] {-40, 0, 3, 95, Float.NEGATIVE_INFINITY}) {
            float[] sinks = {9, sink, 9, sink + 1, 9, sink + 2, 9, sink, 9, sink, 9, sink, 9, sink};
            for (boolean inDouble : new boolean[] {false, true}) {
                AttentionSpec spec = new AttentionSpec(1, 0, false, -1, -1, inDouble, AttentionSpec.Capture.PRODUCT);
                Attention.Head plain = new Attention.Head(queries, keys, 8, 3, keys, 0);
                Attention.Head head =
                        new Attention.Head(queries, keys, 8, 3, keys, 0, new Attention.Sinks(sinks, 1, 2));
                Attention.Rows y = new Attention.Rows(new float[queries * 3], 0, 3);
                float[] scratch = new float[Attention.scratchSize(head)];
                Attention.run(spec, head, q, k, v, null, y, null, scratch, 0, queries);
                for (int row = 0; row < queries; row++) {
                    double sum = Math.exp(sinks[1 + 2 * row]);
                    for (int key = 0; key < keys; key++) {
                        double score = 0;
                        for (int c = 0; c < 8; c++) {
                            score += at(q, row, c) * at(k, key, c);
                        }
                        sum += Math.exp(score);
                    }
                    double[] expected = expected(spec, plain, q, k, v, null, row);
                    double share = 1 - Math.exp(sinks[1 + 2 * row]) / sum;
                    for (int c = 0; c < 3; c++) {
                        assertEquals(share * expected[c], at(y, row, c), 1e-5, "sink " + sink);
                    }
                }
            }
        }
    }

    @Test
    void aQueryThatAttendsNothingGetsWhatTheSpecSays() {
        for (AttentionSpec.EmptyRows empty : AttentionSpec.EmptyRows.values()) {
            Attention.Head head = new Attention.Head(2, 3, 4, 2, 3, 0);
            float[] added = new float[6];
            Arrays.fill(added, 0, 3, Float.NEGATIVE_INFINITY);
            Attention.Rows y = new Attention.Rows(new float[4], 0, 2);
            Attention.run(
                    AttentionSpec.plain(1, empty),
                    head,
                    rows(2, 4, 0),
                    rows(3, 4, 0),
                    rows(3, 2, 0),
                    new Attention.Mask(new Attention.Rows(added, 0, 3), 3),
                    y,
                    null,
                    new float[Attention.scratchSize(head)],
                    0,
                    2);
            boolean nan = empty == AttentionSpec.EmptyRows.NAN;
            assertTrue(nan ? Float.isNaN(y.array()[0]) : y.array()[0] == 0, empty + " " + y.array()[0]);
            assertTrue(Float.isFinite(y.array()[2]) && y.array()[2] != 0, empty.name());
        }
    }
}
