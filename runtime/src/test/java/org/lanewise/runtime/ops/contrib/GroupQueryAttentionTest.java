package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class GroupQueryAttentionTest {
    private static final int ROOM = 20;

    /** Prompts, single positions and several at once, with a past that grows and one in a buffer, fp32 and quantized. */
    @Property(tries = 150)
    void decodesAsPlainLoopsDo(@ForAll long seed, @ForAll boolean buffer) {
        PlainDecoder decoder = PlainDecoder.random(seed);
        PlainDecoder.Constants constants = decoder.constants();
        Tensor keys = decoder.past(buffer ? ROOM : 0);
        Tensor values = decoder.past(buffer ? ROOM : 0);
        int[] counts = new int[decoder.batch()];
        for (int i = 0; i < 4; i++) {
            int queries = i == 0 ? 5 : 1 + (i - 1) % 2;
            for (int b = 0; b < counts.length; b++) {
                counts[b] = i == 0 ? 1 + decoder.random().nextInt(queries) : queries;
            }
            PlainDecoder.Step step = decoder.new Step(constants, queries, counts, false);
            int rows = keys.shape().dim(2);
            List<Tensor> out =
                    step.model(constants, keys, values).threads(1 + i % 2).run();
            keys = out.get(1);
            values = out.get(2);
            check(decoder, constants, step, counts, out, Math.max(rows, step.total));
        }
        int least = Arrays.stream(decoder.sequences().toArray(PlainDecoder.Sequence[]::new))
                .mapToInt(s -> s.keys.size())
                .min()
                .orElse(0);
        Arrays.fill(counts, Math.min(2, least));
        PlainDecoder.Step reading = decoder.new Step(constants, counts[0], counts, true);
        check(
                decoder,
                constants,
                reading,
                counts,
                reading.model(constants, keys, values).run(),
                keys.shape().dim(2));
    }

    private static void check(
            PlainDecoder decoder,
            PlainDecoder.Constants constants,
            PlainDecoder.Step step,
            int[] counts,
            List<Tensor> out,
            int rows) {
        float[] y = out.getFirst().toFloatArray();
        // A value at the middle of two steps may go either way by the last bit of a rotation
        double tolerance = decoder.bits() == 0 ? 1e-5 : decoder.bits() == 4 ? 0.5 : 0.03;
        int width = decoder.heads() * decoder.size();
        for (int b = 0; b < counts.length; b++) {
            for (int i = 0; i < counts[b] * width; i++) {
                int at = b * step.queries * width + i;
                assertEquals(step.y[at], y[at], tolerance, "element " + at);
            }
        }
        assertEquals(
                Shape.of(counts.length, decoder.keyHeads(), rows, decoder.columns()),
                out.get(1).shape());
        for (int b = 0; b < counts.length; b++) {
            PlainDecoder.Sequence sequence = decoder.sequences().get(b);
            for (int row = 0; row < sequence.keys.size(); row++) {
                for (int i = 0; i < decoder.keyHeads() * decoder.size(); i++) {
                    int h = i / decoder.size();
                    int c = i % decoder.size();
                    float scale =
                            decoder.bits() == 0 ? 1e-5f : constants.keyScales[decoder.perChannel() ? i : 0] * 1.01f;
                    assertEquals(
                            sequence.keys.get(row)[i],
                            decoder.cached(out.get(1), constants.keyScales, b, h, row, c),
                            scale);
                    assertEquals(
                            sequence.values.get(row)[i],
                            decoder.cached(out.get(2), constants.valueScales, b, h, row, c),
                            1e-6f);
                }
            }
        }
    }

    /** A cache of the last positions only says the same as one of all, and holds their last rows. */
    @Property(tries = 100)
    void aSlidingCacheForgetsWhatNoQueryAttends(@ForAll long seed) {
        PlainDecoder any = PlainDecoder.random(seed);
        int window = 1 + any.random().nextInt(5);
        PlainDecoder decoder = new PlainDecoder(
                any.heads(),
                any.keyHeads(),
                any.size(),
                any.half(),
                any.interleaved(),
                window,
                any.softcap(),
                any.smooth(),
                any.sinks(),
                false,
                any.bits(),
                any.perChannel(),
                any.packed(),
                any.sequences(),
                any.random());
        PlainDecoder.Constants constants = decoder.constants();
        int capacity = window + decoder.random().nextInt(4);
        Tensor[] whole = {decoder.past(ROOM), decoder.past(ROOM)};
        Tensor[] sliding = {decoder.past(capacity), decoder.past(capacity)};
        int[] counts = new int[decoder.batch()];
        int total = 0;
        for (int queries : new int[] {7, 1, 1, 3, 1, 1}) {
            Arrays.fill(counts, queries);
            total += queries;
            PlainDecoder.Step step = decoder.new Step(constants, queries, counts, false);
            List<Tensor> all = step.model(constants, whole[0], whole[1]).run();
            List<Tensor> some = step.model(constants, sliding[0], sliding[1])
                    .with("sliding_window_cache", 1)
                    .run();
            assertArrayEquals(all.getFirst().toFloatArray(), some.getFirst().toFloatArray(), 1e-5f);
            int drop = capacity - window + 1;
            int held = total <= capacity ? total : total - (total - capacity + drop - 1) / drop * drop;
            for (int side = 0; side < 2; side++) {
                whole[side] = all.get(1 + side);
                sliding[side] = some.get(1 + side);
                assertEquals(decoder.past(capacity).shape(), sliding[side].shape());
                for (int head = 0; head < decoder.batch() * decoder.keyHeads(); head++) {
                    for (int i = 0; i < held * decoder.columns(); i++) {
                        assertEquals(
                                whole[side].getDouble((head * ROOM + total - held) * decoder.columns() + i),
                                sliding[side].getDouble(head * capacity * decoder.columns() + i));
                    }
                }
            }
        }
    }

    private static NodeModel two() {
        return NodeModel.contrib("GroupQueryAttention").with("num_heads", 2).with("kv_num_heads", 1);
    }

    private static NodeModel fed(NodeModel model, int rows, int length, int total) {
        return model.input(Tensor.of(new float[rows * 4], 1, rows, 4))
                .input(Tensor.of(new float[rows * 2], 1, rows, 2))
                .input(Tensor.of(new float[rows * 2], 1, rows, 2))
                .input(Tensor.of(new float[4], 1, 1, 2, 2))
                .input(Tensor.of(new float[4], 1, 1, 2, 2))
                .input(Tensor.of(new int[] {length}))
                .input(Tensor.of(new int[] {total}));
    }

    private static void fails(String expected, NodeModel model) {
        String message = assertThrows(InferenceException.class, model::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void saysWhatIsWrong() {
        fails("seqlens_k[0] is 5, which does not fit 1 queries", fed(two(), 1, 5, 6));
        fails("less than total_sequence_length 2", fed(two(), 1, 2, 2));
        fails("seqlens_k[0] is -1", fed(two(), 1, -1, 2));
        fails(
                "kv_num_heads 3",
                fed(
                        NodeModel.contrib("GroupQueryAttention")
                                .with("num_heads", 2)
                                .with("kv_num_heads", 3),
                        1,
                        1,
                        2));
        fails("needs cos_cache", fed(two().with("do_rotary", 1), 1, 1, 2));
        fails("local_window_size is 0", fed(two().with("local_window_size", 0), 1, 1, 2));
        fails("'causal' of 0", fed(two().with("causal", 0), 1, 1, 2));
        fails("output_qk is absent", fed(two().with("qk_output", 1), 1, 1, 2));
        fails("k_quant_type PER_TENSOR and v_quant_type NONE", fed(two().with("k_quant_type", "PER_TENSOR"), 1, 1, 2));
        fails("kv_cache_bit_width is 8", fed(two().with("kv_cache_bit_width", 8), 1, 1, 2));
        fails(
                "needs k_scale",
                fed(
                        two().with("k_quant_type", "PER_TENSOR")
                                .with("v_quant_type", "PER_TENSOR")
                                .with("kv_cache_bit_width", 8),
                        1,
                        1,
                        2));
        fails(
                "at least the window of 3",
                fed(two().with("sliding_window_cache", 1).with("local_window_size", 3), 1, 1, 2));
        fails("needs a local_window_size", fed(two().with("sliding_window_cache", 1), 1, 1, 2));
        fails(
                "q_norm_weight",
                fed(two(), 1, 1, 2)
                        .absent()
                        .absent()
                        .absent()
                        .absent()
                        .absent()
                        .absent()
                        .absent()
                        .input(Tensor.of(new float[2])));
        fails(
                "position 9 is outside the 3 positions",
                fed(two().with("do_rotary", 1), 1, 1, 2)
                        .input(Tensor.of(new float[3], 3, 1))
                        .input(Tensor.of(new float[3], 3, 1))
                        .input(Tensor.of(new long[] {9}, 1, 1)));
        fails(
                "head_sink has shape [3]",
                fed(two(), 1, 1, 2).absent().absent().absent().absent().input(Tensor.of(new float[3])));
        fails(
                "attention_bias has shape [1,1,1,1]",
                fed(two(), 1, 1, 2).absent().absent().absent().input(Tensor.of(new float[1], 1, 1, 1, 1)));
    }

    /** Heads of one value: products by hand, those that are not attended 0. */
    @Test
    void givesProductsAndWeights() {
        for (int mode : new int[] {1, 2}) {
            List<Tensor> out = two().with("qk_output", mode)
                    .with("scale", 1f)
                    .with("local_window_size", 2)
                    .outputs(4)
                    .input(Tensor.of(new float[] {1, 2, 1, 2, 1, 2}, 1, 3, 2))
                    .input(Tensor.of(new float[] {1, 2, 3}, 1, 3, 1))
                    .input(Tensor.of(new float[] {1, 10, 100}, 1, 3, 1))
                    .absent()
                    .absent()
                    .input(Tensor.of(new int[] {2}))
                    .input(Tensor.of(new int[] {3}))
                    .run();
            float a = (float) (1 / (1 + Math.exp(-1)));
            float b = (float) (1 / (1 + Math.exp(-2)));
            float[] weights = {1, 0, 0, 1 - a, a, 0, 0, 1 - a, a, 1, 0, 0, 1 - b, b, 0, 0, 1 - b, b};
            float[] products = {1, 0, 0, 1, 2, 0, 0, 2, 3, 2, 0, 0, 2, 4, 0, 0, 4, 6};
            assertArrayEquals(mode == 1 ? products : weights, out.get(3).toFloatArray(), 1e-6f);
            float[] y = {1, 1, 1 + 9 * a, 1 + 9 * b, 10 + 90 * a, 10 + 90 * b};
            assertArrayEquals(y, out.getFirst().toFloatArray(), 1e-4f);
        }
    }

    /** Columns behind a shorter sequence are 0, also in memory that held a longer one and where the past holds rows there. */
    @Test
    void productsBehindAShorterSequenceAre0() {
        for (int mode : new int[] {1, 2}) {
            int[] lengths = {3, 3};
            List<Tensor> out = two().with("qk_output", mode)
                    .with("scale", 1f)
                    .outputs(4)
                    .input(Tensor.of(new float[] {1, 2, 1, 2}, 2, 1, 2))
                    .input(Tensor.of(new float[] {4, 2}, 2, 1, 1))
                    .input(Tensor.of(new float[] {4, 2}, 2, 1, 1))
                    .input(Tensor.of(new float[] {1, 2, 3, 1, 9, 9}, 2, 1, 3, 1))
                    .input(Tensor.of(new float[] {1, 2, 3, 1, 9, 9}, 2, 1, 3, 1))
                    .input(Tensor.of(lengths))
                    .input(Tensor.of(new int[] {4}))
                    .runAgain(() -> lengths[1] = 1);
            float[] expected = {1, 2, 3, 4, 2, 4, 6, 8, 1, 2, 0, 0, 2, 4, 0, 0};
            for (int at = 0; mode == 2 && at < expected.length; at += 4) {
                int count = at < 8 ? 4 : 2;
                double sum = 0;
                for (int i = at; i < at + count; i++) {
                    sum += Math.exp(expected[i]);
                }
                for (int i = at; i < at + count; i++) {
                    expected[i] = (float) (Math.exp(expected[i]) / sum);
                }
            }
            assertArrayEquals(expected, out.get(3).toFloatArray(), 1e-6f);
        }
    }

    @Test
    void positionsOfAPromptGoUpFromTheFirst() {
        float[] angles = {0, 0.5f, 1, 1.5f, 2};
        float[] cos = new float[5];
        float[] sin = new float[5];
        for (int i = 0; i < 5; i++) {
            cos[i] = (float) Math.cos(angles[i]);
            sin[i] = (float) Math.sin(angles[i]);
        }
        NodeModel model = two().with("do_rotary", 1)
                .outputs(3)
                .input(Tensor.of(new float[8], 1, 2, 4))
                .input(Tensor.of(new float[] {1, 0, 1, 0}, 1, 2, 2))
                .input(Tensor.of(new float[4], 1, 2, 2))
                .absent()
                .absent()
                .input(Tensor.of(new int[] {1}))
                .input(Tensor.of(new int[] {2}))
                .input(Tensor.of(cos, 5, 1))
                .input(Tensor.of(sin, 5, 1))
                .input(Tensor.of(new long[] {2, 0}, 1, 2));
        float[] expected = {cos[2], sin[2], cos[3], sin[3]};
        assertArrayEquals(expected, model.run().get(1).toFloatArray(), 1e-6f);
    }

    @Test
    void halfPrecisionIsRoundedOnce() {
        PlainDecoder decoder = PlainDecoder.random(3);
        float[] x = decoder.values(3 * 4, 1);
        short[] half = new short[12];
        for (int i = 0; i < 12; i++) {
            half[i] = Float.floatToFloat16(x[i]);
            x[i] = Float.float16ToFloat(half[i]);
        }
        List<Tensor> halves = packed(Tensor.wrap(DataType.FLOAT16, Shape.of(1, 3, 4), half, 0));
        List<Tensor> floats = packed(Tensor.of(x, 1, 3, 4));
        for (int i = 0; i < 3; i++) {
            assertEquals(DataType.FLOAT16, halves.get(i).type());
            assertArrayEquals(floats.get(i).toFloatArray(), halves.get(i).toFloatArray(), 1e-3f);
        }
    }

    private static List<Tensor> packed(Tensor x) {
        return two().outputs(3)
                .input(x)
                .absent()
                .absent()
                .absent()
                .absent()
                .input(Tensor.of(new int[] {2}))
                .input(Tensor.of(new int[] {3}))
                .run();
    }
}
