package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.contrib.GroupQueryAttention.QkOutput;
import org.lanewise.runtime.ops.nn.AttentionMask;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The work of a {@link GroupQueryAttention} on certain tensors, to be done again when their elements, lengths among them, have changed: first where everything lies, then the cache, then the attention. What is converted or rotated lies in working memory that is kept from run to run.
 */
final class GroupedRun {
    private static final long MACS_PER_NANO = 16;

    /** Working memory for caches grows in steps, so that a sequence that grows by a row does not need new memory for each. */
    private static final int LEAST_ROWS = 64;

    private static final Place[] PLACES = Place.values();

    private final GroupQueryAttention operator;
    private final GroupedHeads in;
    private final Tensor lengths;
    private final Tensor totals;
    private final @Nullable Tensor positions;
    private final @Nullable Tensor bias;
    private final @Nullable Angles angles;
    private final int room;
    private final int presentRows;
    private final CacheSide keys;
    private final CacheSide values;
    private final Tensor y;
    private final @Nullable Tensor qk;
    private final CacheStep[] steps;
    private final Attention.Head[] heads;
    private final AttentionSpec spec;
    private final boolean rounds;
    private final boolean copiesQueries;

    // Set by begin
    private int total;
    private int most;
    private int capacity;
    private float[] held = new float[0];
    private final int[] places = new int[PLACES.length];
    private int[] madeFor = new int[0];
    private float[] madeHeld = new float[0];
    private Part[] parts = new Part[0];

    /** What lies in working memory, in this order: what grows comes last. */
    private enum Place {
        QUERIES,
        ANGLES,
        Y,
        BIAS,
        QK,
        KEYS,
        VALUES,
        END
    }

    /** What the kernel gets for one head of one sequence. */
    private record Part(
            Attention.Rows q,
            Attention.Rows k,
            Attention.Rows v,
            Attention.@Nullable Mask mask,
            Attention.Rows y,
            Attention.@Nullable Rows products) {}

    GroupedRun(GroupQueryAttention operator, OpContext context) {
        this.operator = operator;
        in = GroupedHeads.of(operator, context);
        lengths = context.input(GroupQueryAttention.LENGTHS);
        totals = context.input(GroupQueryAttention.TOTAL);
        positions = context.optionalInput(GroupQueryAttention.POSITIONS);
        bias = context.optionalInput(GroupQueryAttention.BIAS);
        HeadLayout q = in.q();
        DataType type = q.tensor().type();
        rounds = type != DataType.FLOAT;
        copiesQueries = operator.rotary() || rounds;
        angles = operator.rotary()
                ? new Angles(
                        context.input(GroupQueryAttention.COS),
                        context.input(GroupQueryAttention.COS + 1),
                        q.size(),
                        q.batch() * q.rows(),
                        operator.interleaved())
                : null;
        total = Math.toIntExact(totals.scalarLong());
        Tensor past = context.optionalInput(GroupQueryAttention.PAST);
        room = past == null ? 0 : past.shape().dim(2);
        presentRows = operator.sliding() ? room : Math.max(room, total);
        checkLengths();
        steps = new CacheStep[q.batch()];
        Arrays.setAll(steps, b -> new CacheStep());
        readSteps();
        Shape present = Shape.of(q.batch(), operator.keyHeads(), presentRows, (int)
                operator.format().columns(q.size()));
        keys = operator.side(context, 0, in.k(), type, present);
        values = operator.side(context, 1, in.v(), type, present);
        y = context.output(0, type, Shape.of(q.batch(), q.rows(), operator.heads() * q.size()));
        qk = operator.captured() == QkOutput.NOTHING
                ? null
                : context.output(3, type, Shape.of(q.batch(), operator.heads(), q.rows(), total));
        spec = operator.spec(q.size());
        float[] sinks = operator.sinks(context);
        heads = new Attention.Head[q.batch() * operator.heads()];
        for (int i = 0; i < heads.length; i++) {
            Attention.Sinks sink = sinks == null ? null : new Attention.Sinks(sinks, i % operator.heads(), 0);
            heads[i] = new Attention.Head(q.rows(), 0, q.size(), q.size(), 0, 0, sink);
        }
    }

    private void checkLengths() {
        if (lengths.size() != in.q().batch()) {
            throw new IllegalArgumentException("seqlens_k has shape " + lengths.shape() + ", expected "
                    + in.q().batch() + " values");
        }
        int added = in.k().rows();
        if (operator.sliding() && (room < operator.window() || added == 0)) {
            throw new IllegalArgumentException("the past has " + room + " rows and key " + added
                    + ", expected at least the window of " + operator.window() + " and a key for each query");
        }
    }

    /** Hands out the work. */
    void hand(OpContext context) {
        context.kernel("attention-f32");
        context.parallel(1, 100, (from, to, scratch) -> begin(scratch));
        HeadLayout q = in.q();
        int cacheHeads = q.batch() * operator.keyHeads();
        int queryRows = copiesQueries ? q.batch() * q.rows() : 0;
        int biasRows = bias != null && rounds && total > 0 ? bias.size() / total : 0;
        int rows = Math.max(most, presentRows / 2); // a bound run is split as its first one was
        context.parallel(cacheHeads + queryRows + biasRows, 1 + (long) rows * q.size() / 4, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                if (i < cacheHeads) {
                    fillCache(i, scratch);
                } else if (i < cacheHeads + queryRows) {
                    fillQueries(i - cacheHeads);
                } else {
                    widenBias(i - cacheHeads - queryRows);
                }
            }
        });
        int block = Attention.blockRows(rows);
        int blocks = (q.rows() + block - 1) / block;
        // K and V are packed once a piece, so heads are cut only where there are too few of them
        int pieces = Math.clamp((2L * context.threads() - 1) / Math.max(1, heads.length) + 1, 1, Math.max(1, blocks));
        int cuts = context.threads() == 1 ? 1 : pieces;
        long cost = 2L * q.rows() * rows * q.size() / MACS_PER_NANO / cuts;
        context.parallel(heads.length * cuts, cost, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                attend(i / cuts, i % cuts, cuts, scratch);
            }
        });
        if (rounds || qk != null) {
            int width = operator.heads() * q.size();
            context.parallel(q.batch() * q.rows(), 1 + width, (from, to, scratch) -> {
                for (int i = from; i < to; i++) {
                    finish(i, width);
                }
            });
        }
    }

    private int at(Place place) {
        return places[place.ordinal()];
    }

    /** Reads lengths and positions, and finds a place for everything. */
    private void begin(Scratch scratch) {
        total = Math.toIntExact(totals.scalarLong());
        int needed = operator.sliding() ? room : Math.max(room, total);
        boolean fits = qk == null || qk.shape().dim(3) == total;
        if (needed != presentRows || !fits) {
            throw new IllegalArgumentException("total_sequence_length is " + total
                    + ", which does not fit a present of " + presentRows + " rows"
                    + (qk == null ? "" : " and output_qk " + qk.shape()) + " that the run is bound to");
        }
        if (bias != null && (bias.shape().rank() != 4 || bias.shape().dim(3) != total)) {
            throw new IllegalArgumentException(
                    "attention_bias has shape " + bias.shape() + ", expected rank 4 with " + total + " keys");
        }
        readSteps();
        most = 0;
        boolean dropping = false;
        for (CacheStep step : steps) {
            most = Math.max(most, step.rows());
            dropping |= step.dropped() > 0;
        }
        boolean keysDirect = keys.fits(dropping);
        boolean valuesDirect = values.fits(dropping);
        place(scratch, keysDirect, valuesDirect);
        if (angles != null) {
            angles.begin(positions, steps, total == in.q().rows(), held, at(Place.ANGLES));
        }
        readRows(keys, keysDirect, Place.KEYS);
        readRows(values, valuesDirect, Place.VALUES);
        makeParts(keysDirect, valuesDirect);
        for (int i = 0; i < heads.length; i++) {
            CacheStep step = steps[i / operator.heads()];
            heads[i].move(qk == null ? step.rows() : total, step.valid(), step.position());
        }
    }

    private void readRows(CacheSide side, boolean direct, Place place) {
        if (direct) {
            side.readPresent();
        } else {
            side.readCopy(held, at(place), capacity);
        }
    }

    private void readSteps() {
        int queries = in.q().rows();
        boolean prompt = total == queries;
        for (int b = 0; b < steps.length; b++) {
            long length = lengths.getLong(b) + 1;
            if (length < 1 || length > total) {
                throw new IllegalArgumentException("seqlens_k[" + b + "] is " + (length - 1)
                        + ", expected at least 0 and less than total_sequence_length " + total);
            }
            if (operator.sliding()) {
                steps[b].sliding(b, (int) length, queries, prompt, room, operator.window());
            } else {
                steps[b].whole(b, (int) length, queries, in.k().rows(), prompt, room);
            }
        }
    }

    /** Lays out the working memory. */
    private void place(Scratch scratch, boolean keysDirect, boolean valuesDirect) {
        HeadLayout q = in.q();
        int least = Math.max(most, qk == null ? 0 : total);
        int rounded = least <= LEAST_ROWS ? LEAST_ROWS : Integer.highestOneBit(least - 1) << 1;
        capacity = Math.min(rounded < 0 ? least : rounded, Math.max(least, presentRows));
        long queries = (long) q.batch() * q.rows() * operator.heads() * q.size();
        long cache = (long) q.batch() * operator.keyHeads() * capacity * q.size();
        long at = Scratch.START;
        for (Place place : PLACES) {
            places[place.ordinal()] = Math.toIntExact(at);
            at += switch (place) {
                case QUERIES -> copiesQueries ? queries : 0;
                case ANGLES -> angles == null ? 0 : angles.scratchSize();
                case Y -> rounds ? queries : 0;
                case BIAS -> rounds && bias != null ? bias.size() : 0;
                case QK -> rounds && qk != null ? qk.size() : 0;
                case KEYS -> keysDirect ? 0 : cache;
                case VALUES -> valuesDirect ? 0 : cache;
                case END -> 0;
            };
        }
        held = scratch.heldFloats(at(Place.END) - Scratch.START);
    }

    /** Makes what the kernel gets, unless it is still the same. */
    private void makeParts(boolean keysDirect, boolean valuesDirect) {
        int mode = (keysDirect ? 1 : 0) + (valuesDirect ? 2 : 0);
        boolean same = madeFor.length == places.length + 2
                && madeFor[places.length] == mode
                && madeFor[places.length + 1] == capacity
                && madeHeld == held
                && Arrays.equals(madeFor, 0, places.length, places, 0, places.length);
        if (same) {
            return;
        }
        madeFor = Arrays.copyOf(places, places.length + 2);
        madeFor[places.length] = mode;
        madeFor[places.length + 1] = capacity;
        madeHeld = held;
        HeadLayout q = copiesQueries ? copied(Place.QUERIES) : in.q();
        HeadLayout out = rounds
                ? copied(Place.Y)
                : GroupedHeads.sideBySide(y, operator.heads(), 0, y.shape().dim(2));
        HeadLayout k = keys.layout();
        HeadLayout v = values.layout();
        HeadLayout products = qk == null ? null : HeadLayout.of("output_qk", floats(qk, Place.QK), 0);
        AttentionMask mask = bias == null
                ? null
                : AttentionMask.of(floats(bias, Place.BIAS), false, q.batch(), operator.heads(), q.rows(), total);
        int share = operator.heads() / operator.keyHeads();
        parts = new Part[heads.length];
        for (int i = 0; i < parts.length; i++) {
            int b = i / operator.heads();
            int h = i % operator.heads();
            parts[i] = new Part(
                    q.floats(b, h),
                    k.floats(b, h / share),
                    v.floats(b, h / share),
                    mask == null ? null : mask.rows(b, h),
                    out.floats(b, h),
                    products == null ? null : products.floats(b, h));
        }
    }

    private HeadLayout copied(Place place) {
        Tensor all = Tensor.wrap(DataType.FLOAT, y.shape(), held, at(place));
        return GroupedHeads.sideBySide(all, operator.heads(), 0, y.shape().dim(2));
    }

    private Tensor floats(Tensor tensor, Place place) {
        return rounds ? Tensor.wrap(DataType.FLOAT, tensor.shape(), held, at(place)) : tensor;
    }

    private void fillCache(int i, Scratch scratch) {
        int b = i / operator.keyHeads();
        int h = i % operator.keyHeads();
        int read = qk == null ? 0 : total; // a weight of 0 times what is not a number would not be 0
        keys.fill(b, h, steps[b], read, angles, scratch);
        values.fill(b, h, steps[b], read, null, scratch);
    }

    /** Converts and rotates all heads of a row of Q. */
    private void fillQueries(int row) {
        HeadLayout q = in.q();
        int size = q.size();
        int from = q.offset() + row / q.rows() * q.batchStride() + row % q.rows() * q.stride();
        int to = at(Place.QUERIES) + row * operator.heads() * size;
        for (int h = 0; h < operator.heads(); h++) {
            Floats.read(q.tensor(), from + h * q.headStride(), held, to + h * size, size);
            if (angles != null) {
                angles.rotate(held, to + h * size, size, row, held, to + h * size);
            }
        }
    }

    private void widenBias(int row) {
        if (bias != null) {
            Floats.read(bias, row * total, held, at(Place.BIAS) + row * total, total);
        }
    }

    private void attend(int i, int cut, int cuts, Scratch scratch) {
        Part part = parts[i];
        Attention.Head head = heads[i];
        int queries = head.queries();
        int block = Attention.blockRows(head.keys());
        int blocks = (queries + block - 1) / block;
        float[] memory = scratch.floats(
                queries == 1
                        ? Attention.scratchSizeOfOne(Math.max(capacity, head.keys()))
                        : Attention.scratchSize(head));
        Attention.run(
                spec,
                head,
                part.q,
                part.k,
                part.v,
                part.mask,
                part.y,
                part.products,
                memory,
                Math.min(queries, (int) ((long) cut * blocks / cuts) * block),
                Math.min(queries, (int) ((cut + 1L) * blocks / cuts) * block));
    }

    /** Rounds what a row of Y and its products have become, and makes 0 what it does not attend. */
    private void finish(int row, int width) {
        if (rounds) {
            Floats.write(held, at(Place.Y) + row * width, y, row * width, width);
        }
        if (qk == null) {
            return;
        }
        int queries = in.q().rows();
        int query = row % queries;
        CacheStep step = steps[row / queries];
        int end = Math.min(step.valid(), step.position() + query + 1);
        int window = operator.window();
        int first = window < 0 ? 0 : Math.clamp(step.position() + query + 1L - window, 0, end);
        Tensor products = floats(qk, Place.QK);
        float[] array = (float[]) products.storage();
        for (int h = 0; h < operator.heads(); h++) {
            int place = ((row / queries * operator.heads() + h) * queries + query) * total;
            int at = products.offset() + place;
            if (operator.captured() == QkOutput.PRODUCTS) {
                Arrays.fill(array, at, at + first, 0);
                Arrays.fill(array, at + end, at + total, 0);
            }
            if (rounds) {
                Floats.write(array, at, qk, place, total);
            }
        }
    }
}
