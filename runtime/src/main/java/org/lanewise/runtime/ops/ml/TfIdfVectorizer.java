package org.lanewise.runtime.ops.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Counts n-grams of a row of words or integers, (C) or (N, C): {@code y[indexes[i]]} gets how often the i-th n-gram of a pool occurs ({@code TF}), whether it occurs, weighted ({@code IDF}), or how often, weighted ({@code TFIDF}).
 * The items of an n-gram may be up to {@code maxSkip} items apart, all the same. ONNX {@code TfIdfVectorizer}-9.
 *
 * @param pool the n-grams by their items
 * @param indexes place of each n-gram in the output
 * @param weights weight of each n-gram
 * @param mode what is written
 * @param min least length of n-grams
 * @param max greatest length of n-grams
 * @param maxSkip greatest number of items skipped between two items
 * @param strings whether items are strings
 */
public record TfIdfVectorizer(
        NGram pool, int[] indexes, float[] weights, Mode mode, int min, int max, int maxSkip, boolean strings)
        implements Operator {
    /** What is written for an n-gram. */
    public enum Mode {
        /** How often it occurs. */
        TF,
        /** Its weight if it occurs. */
        IDF,
        /** How often it occurs times its weight. */
        TFIDF
    }

    /** Where the items read so far lead. */
    static final class NGram {
        final Map<Object, NGram> next = new HashMap<>();
        int id = -1;
    }

    private static final Set<DataType> STRINGS = Set.of(DataType.STRING);
    private static final Set<DataType> INTEGERS = Set.of(DataType.INT32, DataType.INT64);

    /** From a node. */
    public static TfIdfVectorizer create(NodeSpec spec) {
        spec.inputs(1, 1);
        String name = spec.stringAttribute("mode", "");
        Mode mode = switch (name) {
            case "TF" -> Mode.TF;
            case "IDF" -> Mode.IDF;
            case "TFIDF" -> Mode.TFIDF;
            default -> throw spec.refuse("mode '" + name + "' is not known");
        };
        long min = spec.requiredInt("min_gram_length");
        long max = spec.requiredInt("max_gram_length");
        long skip = spec.requiredInt("max_skip_count");
        if (min < 1 || max < min || max > Integer.MAX_VALUE || skip < 0 || skip >= Integer.MAX_VALUE) {
            throw spec.refuse("min_gram_length " + min + ", max_gram_length " + max + " and max_skip_count " + skip
                    + " do not fit together");
        }
        long[] places = spec.intsAttribute("ngram_indexes");
        if (places == null || places.length == 0) {
            throw spec.refuse("required attribute 'ngram_indexes' is missing");
        }
        int[] indexes = new int[places.length];
        for (int i = 0; i < indexes.length; i++) {
            if (places[i] < 0 || places[i] >= Integer.MAX_VALUE) {
                throw spec.refuse("ngram_indexes has " + places[i] + ", outside 0..2^31-2");
            }
            indexes[i] = (int) places[i];
        }
        float[] weights = spec.floatsAttribute("weights");
        if (weights != null && weights.length != 0 && weights.length != indexes.length) {
            throw spec.refuse("weights has " + weights.length + " values, expected " + indexes.length);
        }
        boolean strings = spec.has("pool_strings");
        NGram pool = pool(spec, items(spec), (int) min, (int) max, indexes.length);
        float[] used = weights == null || weights.length == 0 ? ones(indexes.length) : weights;
        return new TfIdfVectorizer(pool, indexes, used, mode, (int) min, (int) max, (int) skip, strings);
    }

    private static float[] ones(int n) {
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static List<Object> items(NodeSpec spec) {
        List<String> strings = spec.stringsAttribute("pool_strings");
        long[] ints = spec.intsAttribute("pool_int64s");
        if ((strings == null) == (ints == null)) {
            throw spec.refuse("needs either pool_strings or pool_int64s");
        }
        List<Object> items = new ArrayList<>();
        if (strings != null) {
            items.addAll(strings);
        } else if (ints != null) {
            for (long item : ints) {
                items.add(item);
            }
        }
        return items;
    }

    private static NGram pool(NodeSpec spec, List<Object> items, int min, int max, int count) {
        long[] starts = spec.intsAttribute("ngram_counts");
        if (starts == null) {
            throw spec.refuse("required attribute 'ngram_counts' is missing");
        }
        NGram pool = new NGram();
        int id = 0;
        for (int size = 1; size <= starts.length; size++) {
            long from = starts[size - 1];
            long to = size < starts.length ? starts[size] : items.size();
            if (from < 0 || to < from || to > items.size() || (to - from) % size != 0) {
                throw spec.refuse("ngram_counts has " + from + " to " + to + " for the n-grams of " + size
                        + " items in a pool of " + items.size());
            }
            for (int at = (int) from; at < to; at += size, id++) {
                NGram gram = pool;
                for (int i = at; i < at + size && size >= min && size <= max; i++) {
                    gram = gram.next.computeIfAbsent(items.get(i), item -> new NGram());
                }
                gram.id = id;
            }
        }
        pool.id = -1;
        if (id != count) {
            throw spec.refuse("the pool has " + id + " n-grams, ngram_indexes " + count);
        }
        return pool;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, strings ? STRINGS : INTEGERS);
        PartialShape x = context.inputShape(0);
        PartialShape y = x;
        if (x.isRanked()) {
            check(x.rank(), x);
            y = x.rank() == 2 ? PartialShape.of(x.dim(0), width()) : PartialShape.of(width());
        }
        context.output(0, DataType.FLOAT, y);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        check(x.shape().rank(), x.shape());
        boolean batch = x.shape().rank() == 2;
        int rows = batch ? x.shape().dim(0) : 1;
        int length = batch ? x.shape().dim(1) : x.size();
        int width = width();
        FloatTensor y =
                (FloatTensor) context.output(0, DataType.FLOAT, batch ? Shape.of(rows, width) : Shape.of(width));
        context.parallel(rows, 50L * length * (1 + maxSkip) + indexes.length, (from, to, scratch) -> {
            int[] counts = scratch.ints(indexes.length);
            for (int row = from; row < to; row++) {
                Arrays.fill(counts, 0, indexes.length, 0);
                count(x, row * length, length, counts);
                int at = y.offset() + row * width;
                Arrays.fill(y.array(), at, at + width, 0);
                for (int i = 0; i < indexes.length; i++) {
                    y.array()[at + indexes[i]] += switch (mode) {
                        case TF -> counts[i];
                        case IDF -> counts[i] > 0 ? weights[i] : 0;
                        case TFIDF -> counts[i] * weights[i];
                    };
                }
            }
        });
    }

    private void count(Tensor x, int at, int length, int[] counts) {
        int least = min;
        for (int step = 1; step <= maxSkip + 1 && least <= max; step++) {
            for (int start = 0; start + (long) step * (least - 1) < length; start++) {
                NGram gram = pool.next.get(item(x, at + start));
                long i = start;
                for (int size = 1; gram != null && size <= max; size++) {
                    if (size >= least && gram.id >= 0) {
                        counts[gram.id]++;
                    }
                    i += step;
                    gram = i < length ? gram.next.get(item(x, at + (int) i)) : null;
                }
            }
            least = Math.max(least, 2); // single items do not depend on the step and are counted once
        }
    }

    private static Object item(Tensor x, int i) {
        return x instanceof StringTensor words ? words.get(i) : (Object) x.getLong(i);
    }

    private int width() {
        int width = 0;
        for (int index : indexes) {
            width = Math.max(width, index + 1);
        }
        return width;
    }

    private static void check(int rank, Object shape) {
        if (rank > 2) {
            throw new IllegalArgumentException("the input has shape " + shape + ", expected [C] or [N,C]");
        }
    }
}
