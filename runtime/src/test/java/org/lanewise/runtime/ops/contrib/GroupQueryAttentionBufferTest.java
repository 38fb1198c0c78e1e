package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Decoding with one buffer as past and present. */
class GroupQueryAttentionBufferTest {
    private static final int ROOM = 20;
    private static final int PROMPT = 5;
    private static final int STEPS = 9;

    /** Bytes of vectors, where a cache has half a million. */
    private static final long VECTORS = 4096;

    /** What lies in the buffer before anything is written: found again behind the last position. */
    private static final byte UNTOUCHED = 77;

    private static PlainDecoder decoder(long seed, boolean sliding) {
        PlainDecoder any = PlainDecoder.random(seed);
        int window = sliding ? 1 + any.random().nextInt(4) : any.window();
        return new PlainDecoder(
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
    }

    private static NodeModel model(
            PlainDecoder.Constants constants, PlainDecoder.Step step, Tensor[] past, DataType type, boolean sliding) {
        return step.model(constants, past[0], past[1], type).with("sliding_window_cache", sliding ? 1 : 0);
    }

    private static Tensor past(PlainDecoder decoder, int rows, DataType type) {
        DataType cache = decoder.bits() == 0 ? type : decoder.cacheType();
        return Tensor.allocate(cache, decoder.past(rows).shape());
    }

    private static void mark(Tensor buffer) {
        switch (buffer.storage()) {
            case float[] floats -> Arrays.fill(floats, UNTOUCHED);
            case short[] shorts -> Arrays.fill(shorts, UNTOUCHED);
            case byte[] bytes -> Arrays.fill(bytes, UNTOUCHED);
            default -> throw new IllegalStateException();
        }
    }

    private static double raw(Tensor tensor, int i) {
        return tensor instanceof ShortTensor shorts ? shorts.get(i) : tensor.getDouble(i);
    }

    /** Step by step the same bits as with a present of its own, and nothing written but the new rows. */
    @Property(tries = 120)
    void theSameAsWithAPresentOfItsOwn(@ForAll long seed, @ForAll boolean halves, @ForAll boolean sliding) {
        PlainDecoder decoder = decoder(seed, sliding);
        DataType type = halves ? seed % 2 == 0 ? DataType.FLOAT16 : DataType.BFLOAT16 : DataType.FLOAT;
        PlainDecoder.Constants constants = decoder.constants();
        int room = sliding ? decoder.window() + decoder.random().nextInt(4) : ROOM;
        Tensor[] apart = {past(decoder, room, type), past(decoder, room, type)};
        Tensor[] buffer = {past(decoder, room, type), past(decoder, room, type)};
        mark(buffer[0]);
        mark(buffer[1]);
        int[] counts = new int[decoder.batch()];
        Arrays.setAll(counts, b -> sliding ? PROMPT : 1 + decoder.random().nextInt(PROMPT));
        NodeModel.Bound decoding = null;
        List<Tensor> bound = List.of();
        for (int i = 0; i < STEPS; i++) {
            int queries = i == 0 ? PROMPT : 1;
            if (i > 0) {
                Arrays.fill(counts, 1);
            }
            PlainDecoder.Step step = decoder.new Step(constants, queries, counts, false);
            List<Tensor> expected = model(constants, step, apart, type, sliding)
                    .threads(1 + i % 2)
                    .run();
            apart = new Tensor[] {expected.get(1), expected.get(2)};
            NodeModel model = model(constants, step, buffer, type, sliding);
            Tensor y;
            if (i == 0) {
                try (NodeModel.Bound once = model.bind(1, buffer)) {
                    once.binding().run();
                    y = once.binding().output("out0").copy();
                }
            } else {
                if (decoding == null) {
                    decoding = model.bind(1, buffer);
                    bound = model.given();
                }
                for (int j = 0; j < bound.size(); j++) {
                    Tensor source = model.given().get(j);
                    bound.get(j).copyFrom(0, source, 0, source.size());
                }
                decoding.binding().run();
                y = decoding.binding().output("out0");
            }
            assertArrayEquals(expected.getFirst().toFloatArray(), y.toFloatArray());
            check(decoder, apart, buffer, sliding, Math.max(PROMPT, step.total));
        }
        decoding.close();
    }

    private static void check(PlainDecoder decoder, Tensor[] apart, Tensor[] buffer, boolean sliding, int total) {
        int room = buffer[0].shape().dim(2);
        int columns = buffer[0].shape().dim(3);
        int drop = room - decoder.window() + 1;
        for (int head = 0; head < decoder.batch() * decoder.keyHeads(); head++) {
            int length = decoder.sequences().get(head / decoder.keyHeads()).keys.size();
            int held = !sliding || length <= room ? length : length - (length - room + drop - 1) / drop * drop;
            for (int side = 0; side < 2; side++) {
                for (int i = head * room * columns; i < (head * room + held) * columns; i++) {
                    assertEquals(raw(apart[side], i), raw(buffer[side], i));
                }
                for (int i = (head * room + total) * columns; !sliding && i < (head + 1) * room * columns; i++) {
                    assertEquals(UNTOUCHED, raw(buffer[side], i));
                }
            }
        }
    }

    private static NodeModel one(Tensor key, Tensor value, int length, int total) {
        return NodeModel.contrib("GroupQueryAttention")
                .with("num_heads", 2)
                .with("kv_num_heads", 1)
                .outputs(3)
                .input(Tensor.of(new float[4], 1, 1, 4))
                .input(Tensor.of(new float[] {1, 2}, 1, 1, 2))
                .input(Tensor.of(new float[] {3, 4}, 1, 1, 2))
                .input(key)
                .input(value)
                .input(Tensor.of(new int[] {length}))
                .input(Tensor.of(new int[] {total}));
    }

    @Test
    void refusesMemoryThatIsNotTheSame() {
        FloatTensor key = Tensor.of(new float[8], 1, 1, 4, 2);
        FloatTensor value = Tensor.of(new float[8], 1, 1, 4, 2);
        FloatTensor askew = new FloatTensor(DataType.FLOAT, Shape.of(1, 1, 3, 2), key.array(), 2);
        String message = assertThrows(
                        RunException.class, () -> one(key, value, 0, 1).bind(1, value, key))
                .getMessage();
        assertTrue(message.contains("output 'out1' is bound to memory of input 'in4'"), message);
        assertThrows(RunException.class, () -> one(key, value, 0, 1).bind(1, askew));
        assertThrows(RunException.class, () -> one(key, key, 0, 1).bind(1, key));
        FloatTensor other = Tensor.of(new float[8], 1, 1, 4, 2);
        assertThrows(RunException.class, () -> one(key, value, 0, 1).bind(1, other, other));
        one(key, value, 0, 1).bind(1, key, value).close();
    }

    /** A length that the buffer has no room for fails, and the binding goes on afterwards. */
    @Test
    void aFullBufferIsAnError() {
        FloatTensor key = Tensor.of(new float[8], 1, 1, 4, 2);
        FloatTensor value = Tensor.of(new float[8], 1, 1, 4, 2);
        NodeModel model = one(key, value, 4, 5);
        int[] length = (int[]) model.given().get(5).storage();
        int[] total = (int[]) model.given().get(6).storage();
        try (NodeModel.Bound bound = model.bind(1, key, value)) {
            for (int i = 0; i < 2; i++) {
                length[0] = 4;
                total[0] = 5;
                assertThrows(RunException.class, bound.binding()::run);
                length[0] = 3 - i;
                total[0] = 4 - i;
                bound.binding().run();
            }
        }
        assertArrayEquals(new float[] {0, 0, 0, 0, 1, 2, 1, 2}, key.array());
        assertArrayEquals(new float[] {0, 0, 0, 0, 3, 4, 3, 4}, value.array());
    }

    /** Biases and products in 16 bits are those of fp32, rounded, also where a buffer holds no numbers behind the last position. */
    @Test
    void halvesOfBiasesAndProducts() {
        for (DataType type : List.of(DataType.FLOAT16, DataType.BFLOAT16)) {
            for (int mode : new int[] {1, 2}) {
                List<Tensor> expected = captured(mode, DataType.FLOAT, type).run();
                NodeModel model = captured(mode, type, type);
                assertClose(expected, model.run());
                Tensor[] past = {model.given().get(3), model.given().get(4)};
                for (Tensor buffer : past) { // rows 4 and on
                    Arrays.fill((short[]) buffer.storage(), 4 * 4, 6 * 4, (short) 0x7fff);
                }
                try (NodeModel.Bound bound = model.bind(1, past)) {
                    bound.binding().run();
                    assertClose(
                            List.of(expected.get(0), expected.get(3)),
                            List.of(
                                    bound.binding().output("out0"),
                                    bound.binding().output("out3")));
                }
            }
        }
    }

    private static void assertClose(List<Tensor> expected, List<Tensor> got) {
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).toFloatArray(), got.get(i).toFloatArray(), 0.02f);
        }
    }

    /** Two queries behind two positions of a buffer of six, values rounded to {@code rounded} and given as {@code type}. */
    private static NodeModel captured(int mode, DataType type, DataType rounded) {
        java.util.Random random = new java.util.Random(6);
        Tensor[] values = new Tensor[6];
        int[][] shapes = {{1, 2, 8}, {1, 2, 4}, {1, 2, 4}, {1, 1, 6, 4}, {1, 1, 6, 4}, {1, 2, 2, 4}};
        for (int i = 0; i < values.length; i++) {
            float[] floats = new float[Shape.of(shapes[i]).size()];
            for (int j = 0; j < floats.length; j++) {
                floats[j] = random.nextFloat(-1, 1);
            }
            values[i] = PlainDecoder.as(Tensor.of(floats, shapes[i]), rounded);
            if (type == DataType.FLOAT) {
                values[i] = Tensor.of(values[i].toFloatArray(), shapes[i]);
            }
        }
        return NodeModel.contrib("GroupQueryAttention")
                .with("num_heads", 2)
                .with("kv_num_heads", 1)
                .with("qk_output", mode)
                .outputs(4)
                .input(values[0])
                .input(values[1])
                .input(values[2])
                .input(values[3])
                .input(values[4])
                .input(Tensor.of(new int[] {3}))
                .constant(Tensor.of(new int[] {4}))
                .absent()
                .absent()
                .absent()
                .input(values[5]);
    }

    /** A bound step allocates nothing, whatever the cache is made of, but for vectors that C2 makes objects of where other tests ran before; the first ones may grow scratch. */
    @Test
    void decodingAllocatesNoMemory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int room = 4096;
        for (int bits : new int[] {0, Byte.SIZE}) {
            for (DataType type : List.of(DataType.FLOAT, DataType.FLOAT16)) {
                PlainDecoder any = PlainDecoder.random(11);
                PlainDecoder decoder = new PlainDecoder(
                        4,
                        2,
                        16,
                        8,
                        false,
                        -1,
                        0,
                        false,
                        true,
                        false,
                        bits,
                        true,
                        false,
                        any.sequences(),
                        any.random());
                PlainDecoder.Constants constants = decoder.constants();
                int[] counts = new int[decoder.batch()];
                Arrays.fill(counts, 1);
                PlainDecoder.Step step = decoder.new Step(constants, 1, counts, false);
                Tensor[] buffer = {past(decoder, room, type), past(decoder, room, type)};
                NodeModel model = model(constants, step, buffer, type, false);
                int[] length = (int[]) model.given().get(5).storage();
                int[] total = (int[]) model.given().get(6).storage();
                try (NodeModel.Bound bound = model.bind(1, buffer)) {
                    long least = Long.MAX_VALUE;
                    long start = System.nanoTime();
                    while (least > VECTORS && System.nanoTime() - start < 20_000_000_000L) {
                        for (int i = 0; i < 39; i++) {
                            Arrays.fill(length, i);
                            total[0] = i + 1;
                            long before = threads.getCurrentThreadAllocatedBytes();
                            bound.binding().run();
                            least = i < 30 ? least : Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                        }
                    }
                    assertTrue(least <= VECTORS, bits + " bits, " + type + ": " + least + " bytes");
                }
            }
        }
    }
}
