package org.lanewise.runtime.ops.contrib;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.lanewise.runtime.op.HalfPrecision;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Sequences that are decoded step by step by {@code GroupQueryAttention} and, from all their rows, by plain loops: no cache, no blocks.
 *
 * @param heads of the queries
 */
record PlainDecoder(
        int heads,
        int keyHeads,
        int size,
        int half,
        boolean interleaved,
        int window,
        float softcap,
        boolean smooth,
        boolean sinks,
        boolean bias,
        int bits,
        boolean perChannel,
        boolean packed,
        List<Sequence> sequences,
        Random random) {
    /** Rotated keys and values of one sequence as the cache gives them back, a row of all heads each. */
    static final class Sequence {
        final List<float[]> keys = new ArrayList<>();
        final List<float[]> values = new ArrayList<>();
    }

    private static final int POSITIONS = 40;

    static PlainDecoder random(long seed) {
        Random random = new Random(seed);
        random.nextLong();
        int keyHeads = 1 + random.nextInt(3);
        int size = 2 * (1 + random.nextInt(9));
        int half = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(size / 2);
        List<Sequence> sequences = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            sequences.add(new Sequence());
        }
        return new PlainDecoder(
                keyHeads * (1 + random.nextInt(4)),
                keyHeads,
                size,
                half,
                random.nextBoolean(),
                random.nextBoolean() ? 1 + random.nextInt(6) : -1,
                random.nextInt(3) == 0 ? 2 : 0,
                random.nextInt(4) == 0,
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextInt(3) == 0 ? random.nextBoolean() ? 4 : 8 : 0,
                random.nextBoolean(),
                random.nextBoolean(),
                sequences,
                random);
    }

    int batch() {
        return sequences.size();
    }

    int total() {
        return sequences.stream().mapToInt(s -> s.keys.size()).max().orElse(0);
    }

    DataType cacheType() {
        return bits == 0 ? DataType.FLOAT : bits == 4 ? DataType.UINT8 : DataType.INT8;
    }

    int columns() {
        return bits == 4 ? (size + 1) / 2 : size;
    }

    float[] values(int count, float scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat(-scale, scale);
        }
        return values;
    }

    /** What all runs of a sequence share. */
    final class Constants {
        final float[] cos = PlainDecoder.this.values(POSITIONS * half, 1);
        final float[] sin = PlainDecoder.this.values(POSITIONS * half, 1);
        final float[] sink = PlainDecoder.this.values(heads, 3);
        final float[] keyScales = scales();
        final float[] valueScales = scales();

        private float[] scales() {
            float[] scales = PlainDecoder.this.values(perChannel ? keyHeads * size : 1, 1);
            for (int i = 0; i < scales.length; i++) {
                scales[i] = (bits == 4 ? 0.15f : 0.008f) * (2 + scales[i]);
            }
            return scales;
        }
    }

    Constants constants() {
        return new Constants();
    }

    /** One step: inputs as given, and what comes out by plain loops. */
    final class Step {
        final int queries;
        final int added;
        final int[] lengths;
        final int total;
        final float[] q;
        final float[] k;
        final float[] v;
        final float[] bias;
        final float[] y;

        /** {@code lengths} new positions a sequence, in {@code queries} rows; those behind are padding. */
        Step(Constants constants, int queries, int[] counts, boolean shared) {
            this.queries = queries;
            added = shared ? 0 : queries;
            q = PlainDecoder.this.values(batch() * queries * heads * size, 1);
            k = PlainDecoder.this.values(batch() * added * keyHeads * size, 1);
            v = PlainDecoder.this.values(batch() * added * keyHeads * size, 1);
            lengths = new int[batch()];
            for (int b = 0; b < batch(); b++) {
                Sequence sequence = sequences.get(b);
                for (int i = 0; i < (shared ? 0 : counts[b]); i++) {
                    int at = (b * queries + i) * keyHeads * size;
                    int position = sequence.keys.size();
                    float[] key = new float[keyHeads * size];
                    float[] value = java.util.Arrays.copyOfRange(v, at, at + key.length);
                    for (int h = 0; h < keyHeads; h++) {
                        rotate(constants, k, at + h * size, position, key, h * size);
                    }
                    stored(key, constants.keyScales);
                    stored(value, constants.valueScales);
                    sequence.keys.add(key);
                    sequence.values.add(value);
                }
                lengths[b] = sequence.keys.size() - 1;
            }
            total = Math.max(PlainDecoder.this.total(), queries);
            PlainDecoder outer = PlainDecoder.this;
            bias = outer.bias ? outer.values(batch() * heads * queries * total, 1) : new float[0];
            y = new float[batch() * queries * heads * size];
            for (int b = 0; b < batch(); b++) {
                for (int i = 0; i < (shared ? queries : counts[b]); i++) {
                    int position = lengths[b] + 1 - (shared ? queries : counts[b]) + i;
                    for (int h = 0; h < heads; h++) {
                        attend(constants, b, i, h, position);
                    }
                }
            }
        }

        private void attend(Constants constants, int b, int row, int h, int position) {
            int at = ((b * queries + row) * heads + h) * size;
            float[] query = new float[size];
            rotate(constants, q, at, position, query, 0);
            int from = window < 0 ? 0 : Math.max(0, position + 1 - window);
            double[] weights = new double[position + 1];
            double sum = sinks ? Math.exp(constants.sink[h]) : smooth ? 1 : 0;
            int head = h / (heads / keyHeads) * size;
            for (int key = from; key <= position; key++) {
                double score = 0;
                for (int c = 0; c < size; c++) {
                    score += (double) query[c] * sequences.get(b).keys.get(key)[head + c];
                }
                score /= Math.sqrt(size);
                score = softcap == 0 ? score : softcap * Math.tanh(score / softcap);
                score += bias.length == 0 ? 0 : bias[((b * heads + h) * queries + row) * total + key];
                weights[key] = Math.exp(score);
                sum += weights[key];
            }
            for (int key = from; key <= position; key++) {
                for (int c = 0; c < size; c++) {
                    y[at + c] += (float)
                            (weights[key] / sum * sequences.get(b).values.get(key)[head + c]);
                }
            }
        }

        /** A node with these inputs. */
        NodeModel model(Constants constants, Tensor pastKey, Tensor pastValue) {
            return model(constants, pastKey, pastValue, DataType.FLOAT);
        }

        /** The same with values of {@code type}, rounded from fp32. */
        NodeModel model(Constants constants, Tensor pastKey, Tensor pastValue, DataType type) {
            NodeModel model = NodeModel.contrib("GroupQueryAttention")
                    .with("num_heads", heads)
                    .with("kv_num_heads", keyHeads)
                    .with("softcap", softcap)
                    .with("local_window_size", window)
                    .with("do_rotary", half > 0 ? 1 : 0)
                    .with("rotary_interleaved", interleaved ? 1 : 0)
                    .with("smooth_softmax", smooth ? 1 : 0);
            if (bits > 0) {
                String scaling = perChannel ? "PER_CHANNEL" : "PER_TENSOR";
                model.with("k_quant_type", scaling)
                        .with("v_quant_type", scaling)
                        .with("kv_cache_bit_width", bits);
            }
            if (packed && added > 0) {
                model.input(as(packed(), type)).absent().absent();
            } else {
                model.input(as(Tensor.of(q, batch(), queries, heads * size), type))
                        .input(as(Tensor.of(k, batch(), added, keyHeads * size), type))
                        .input(as(Tensor.of(v, batch(), added, keyHeads * size), type));
            }
            model.input(pastKey).input(pastValue).input(Tensor.of(lengths)).input(Tensor.of(new int[] {total}));
            optional(model, half > 0, false, type, constants.cos, POSITIONS, half);
            optional(model, half > 0, false, type, constants.sin, POSITIONS, half);
            model.absent();
            optional(model, bias.length > 0, false, type, bias, batch(), heads, queries, total);
            optional(model, sinks, true, type, constants.sink);
            optional(model, bits > 0, true, DataType.FLOAT, constants.keyScales);
            optional(model, bits > 0, true, DataType.FLOAT, constants.valueScales);
            return model.outputs(3);
        }

        private FloatTensor packed() {
            int width = (heads + 2 * keyHeads) * size;
            float[] all = new float[batch() * queries * width];
            for (int i = 0; i < batch() * queries; i++) {
                System.arraycopy(q, i * heads * size, all, i * width, heads * size);
                System.arraycopy(k, i * keyHeads * size, all, i * width + heads * size, keyHeads * size);
                int last = i * width + (heads + keyHeads) * size;
                System.arraycopy(v, i * keyHeads * size, all, last, keyHeads * size);
            }
            return Tensor.of(all, batch(), queries, width);
        }
    }

    private static void optional(
            NodeModel model, boolean given, boolean constant, DataType type, float[] values, int... dims) {
        if (given && constant) {
            model.constant(as(Tensor.of(values, dims.length == 0 ? new int[] {values.length} : dims), type));
        } else if (given) {
            model.input(as(Tensor.of(values, dims), type));
        } else {
            model.absent();
        }
    }

    /** The values as {@code type}. */
    static Tensor as(FloatTensor values, DataType type) {
        if (type == DataType.FLOAT) {
            return values;
        }
        short[] bits = new short[values.size()];
        HalfPrecision.round(values.array(), values.offset(), type, bits, 0, bits.length);
        return Tensor.wrap(type, values.shape(), bits, 0);
    }

    private void rotate(Constants constants, float[] x, int at, int position, float[] y, int to) {
        System.arraycopy(x, at, y, to, size);
        for (int i = 0; i < half; i++) {
            int a = interleaved ? 2 * i : i;
            int b = interleaved ? 2 * i + 1 : half + i;
            double cos = constants.cos[position * half + i];
            double sin = constants.sin[position * half + i];
            y[to + a] = (float) (cos * x[at + a] - sin * x[at + b]);
            y[to + b] = (float) (sin * x[at + a] + cos * x[at + b]);
        }
    }

    /** What the cache gives back of a row. */
    private void stored(float[] row, float[] scales) {
        for (int i = 0; bits > 0 && i < row.length; i++) {
            float scale = scales[perChannel ? i : 0];
            double limit = 1 << bits - 1;
            row[i] = (float) (Math.clamp(Math.rint(row[i] * (1 / scale)), -limit, limit - 1) * scale);
        }
    }

    /** An empty past of {@code rows} rows. */
    Tensor past(int rows) {
        return Tensor.allocate(cacheType(), Shape.of(batch(), keyHeads, rows, columns()));
    }

    /** What a cache of {@code rows} rows a head says of a value. */
    float cached(Tensor cache, float[] scales, int b, int h, int row, int c) {
        int at = ((b * keyHeads + h) * cache.shape().dim(2) + row) * columns();
        if (bits == 0) {
            return (float) cache.getDouble(at + c);
        }
        float scale = scales[perChannel ? h * size + c : 0];
        if (bits == Byte.SIZE) {
            return cache.getLong(at + c) * scale;
        }
        return ((cache.getLong(at + c / 2) >> c % 2 * 4 & 15) - 8) * scale;
    }
}
