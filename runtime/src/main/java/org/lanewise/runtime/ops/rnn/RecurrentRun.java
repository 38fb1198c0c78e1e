package org.lanewise.runtime.ops.rnn;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.RowProduct;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * One run of a recurrent layer. The product of X with W is one matrix product over all steps; then every step multiplies the states of a range of
 * sequences by R and updates them. Directions and ranges of sequences are independent and split over threads; a single sequence of a wide layer
 * splits its products instead.
 */
final class RecurrentRun {
    private static final long MACS_PER_NANO = 32;

    /** Estimated time of a step's products from which on threads may share them. */
    private static final long SPLIT_NANOS = 20_000;

    /** Values of R that are gone through in one direction: few beside the first-level cache's. */
    private static final int CHUNK = 16 << 10;

    private static final int LENGTHS = 4;

    final int hidden;

    /** X * W with biases, {@code (direction, row of X, gate, unit)}. */
    final float[] work;

    private final OpContext context;
    private final RecurrentAttributes attributes;
    private final List<RecurrentWeights> weights;
    private final int steps;
    private final int batch;
    private final int gates;
    private final int @Nullable [] lengths;
    private final int sumsAt;
    private final int sumsRow;
    private final int[] statesAt;
    private final int spareAt;
    private final boolean splitProducts;

    private RecurrentRun(
            OpContext context, RecurrentAttributes attributes, List<RecurrentWeights> weights, int states, int pieces) {
        this.context = context;
        this.attributes = attributes;
        this.weights = weights;
        Shape x = context.input(0).shape();
        this.steps = x.dim(attributes.batchFirst() ? 1 : 0);
        this.batch = x.dim(attributes.batchFirst() ? 0 : 1);
        RecurrentWeights first = weights.getFirst();
        this.hidden = first.recurrent().getFirst().k();
        this.gates = first.input().n() / Math.max(1, hidden);
        this.lengths = lengths();
        int directions = attributes.directions();
        int cells = directions * batch * hidden;
        this.sumsRow = Math.addExact(gates * hidden, Gemm.NR); // a row's product ends with a whole panel
        this.sumsAt = Math.multiplyExact(Math.multiplyExact(directions * steps, batch), gates * hidden);
        this.statesAt = new int[states];
        int at = Math.addExact(sumsAt, Math.multiplyExact(directions * batch, sumsRow));
        for (int i = 0; i < states; i++) {
            statesAt[i] = at;
            at += cells;
        }
        this.spareAt = at;
        this.work = context.scratch().heldFloats(Math.addExact(at, cells));
        this.splitProducts = pieces == 1
                && context.threads() > 1
                && (long) batch * gates * hidden * hidden / MACS_PER_NANO >= SPLIT_NANOS;
    }

    /** Whether input {@code i} of a recurrent operator is read when a run is prepared: weights, biases and lengths. */
    static boolean readsAhead(int i) {
        return i > 0 && i <= LENGTHS;
    }

    /**
     * Runs a layer.
     *
     * @param states 1, or 2 with a cell state
     */
    static void run(
            OpContext context,
            RecurrentAttributes attributes,
            List<RecurrentWeights> weights,
            int states,
            RecurrentCell cell) {
        Shape x = context.input(0).shape();
        if (x.rank() != 3 || x.dim(2) != weights.getFirst().input().k()) {
            throw new IllegalArgumentException("input X has shape " + x + ", expected rank 3 and "
                    + weights.getFirst().input().k() + " values a step");
        }
        int directions = attributes.directions();
        int batch = x.dim(attributes.batchFirst() ? 0 : 1);
        int parts = Math.clamp((context.threads() + directions - 1) / directions, 1, Math.max(1, batch / 2));
        RecurrentRun run = new RecurrentRun(context, attributes, weights, states, directions * parts);
        run.project();
        @Nullable FloatTensor[] given = new FloatTensor[states];
        @Nullable FloatTensor[] last = new FloatTensor[states];
        for (int i = 0; i < states; i++) {
            given[i] = (FloatTensor) context.optionalInput(LENGTHS + 1 + i);
            last[i] = context.hasOutput(1 + i) ? run.stateOutput(1 + i) : null;
        }
        FloatTensor y = context.hasOutput(0) ? run.sequenceOutput() : null;
        context.parallel(1, 0, (from, to, scratch) -> {
            for (int i = 0; i < states; i++) {
                run.initial(i, given[i]);
            }
        });
        long cost = (long) run.steps * batch / parts * run.gates * run.hidden * run.hidden / MACS_PER_NANO;
        context.parallel(directions * parts, cost, (from, to, scratch) -> {
            for (int piece = from; piece < to; piece++) {
                int part = piece % parts;
                run.sequence(
                        piece / parts,
                        batch * part / parts,
                        batch * (part + 1) / parts,
                        y,
                        scratch.floats(run.stepScratch()),
                        cell);
            }
        });
        context.parallel(1, 0, (from, to, scratch) -> {
            for (int i = 0; i < states; i++) {
                run.last(i, last[i]);
            }
        });
    }

    private int @Nullable [] lengths() {
        Tensor tensor = context.optionalInput(LENGTHS);
        if (tensor == null) {
            return null;
        }
        int[] values = tensor.toIntArray();
        if (values.length != batch) {
            throw new IllegalArgumentException(
                    "sequence_lens has " + values.length + " values, expected one for each of " + batch + " sequences");
        }
        for (int value : values) {
            if (value < 0 || value > steps) {
                throw new IllegalArgumentException(
                        "sequence_lens is " + Arrays.toString(values) + ", expected 0 to " + steps);
            }
        }
        return values;
    }

    /** Values of scratch that {@link #product} needs. */
    private int stepScratch() {
        return Gemm.scratchLength(batch, gates * hidden, hidden);
    }

    private void project() {
        FloatTensor x = (FloatTensor) context.input(0);
        int rows = steps * batch;
        for (int d = 0; d < weights.size(); d++) {
            PackedB w = weights.get(d).input();
            Epilogue bias = weights.get(d).bias();
            int at = d * rows * gates * hidden;
            context.kernel(Gemm.kernelName(rows, w.n(), w.k()));
            int blocks = context.threads() == 1 ? 1 : (rows + 4 * Gemm.MR - 1) / (4 * Gemm.MR);
            boolean byRows = blocks >= context.threads();
            int count = byRows || context.threads() == 1 ? blocks : w.panels();
            context.parallel(
                    count, (long) rows * w.n() * w.k() / MACS_PER_NANO / Math.max(1, count), (from, to, scratch) -> {
                        boolean whole = count == blocks;
                        Gemm.run(
                                x.array(),
                                x.offset(),
                                w.k(),
                                w,
                                work,
                                at,
                                w.n(),
                                null,
                                0,
                                whole ? cut(rows, from, count) : 0,
                                whole ? cut(rows, to, count) : rows,
                                whole ? 0 : from,
                                whole ? w.panels() : to,
                                bias,
                                scratch.floats(Gemm.scratchLength(rows, w.n(), w.k())),
                                0);
                    });
        }
    }

    private static int cut(int count, int cut, int cuts) {
        return (int) ((long) count * cut / cuts);
    }

    private void initial(int state, @Nullable FloatTensor given) {
        for (int d = 0; d < attributes.directions(); d++) {
            for (int b = 0; b < batch; b++) {
                int to = state(state, d, b);
                if (given == null) {
                    Arrays.fill(work, to, to + hidden, 0);
                } else {
                    System.arraycopy(given.array(), given.offset() + stateIndex(d, b), work, to, hidden);
                }
            }
        }
    }

    private FloatTensor sequenceOutput() {
        int directions = attributes.directions();
        return (FloatTensor) context.output(
                0,
                DataType.FLOAT,
                attributes.batchFirst()
                        ? Shape.of(batch, steps, directions, hidden)
                        : Shape.of(steps, directions, batch, hidden));
    }

    private FloatTensor stateOutput(int output) {
        int directions = attributes.directions();
        return (FloatTensor) context.output(
                output,
                DataType.FLOAT,
                attributes.batchFirst() ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden));
    }

    private void last(int state, @Nullable FloatTensor out) {
        for (int d = 0; d < attributes.directions(); d++) {
            for (int b = 0; out != null && b < batch; b++) {
                System.arraycopy(work, state(state, d, b), out.array(), out.offset() + stateIndex(d, b), hidden);
            }
        }
    }

    private int stateIndex(int direction, int sequence) {
        return (attributes.batchFirst() ? sequence * attributes.directions() + direction : direction * batch + sequence)
                * hidden;
    }

    private void sequence(
            int direction, int from, int to, @Nullable FloatTensor y, float[] scratch, RecurrentCell cell) {
        int longest = 0;
        for (int b = from; b < to; b++) {
            longest = Math.max(longest, length(b));
        }
        for (int step = 0; step < longest; step++) {
            cell.step(this, direction, step, from, to, scratch);
            for (int b = from; y != null && b < to; b++) {
                if (active(b, step)) {
                    int at = y.offset() + outputIndex(direction, b, time(direction, b, step));
                    System.arraycopy(work, state(0, direction, b), y.array(), at, hidden);
                }
            }
        }
        for (int b = from; y != null && b < to; b++) {
            for (int t = length(b); t < steps; t++) {
                int at = y.offset() + outputIndex(direction, b, t);
                Arrays.fill(y.array(), at, at + hidden, 0);
            }
        }
    }

    private int outputIndex(int direction, int sequence, int time) {
        int directions = attributes.directions();
        int row = attributes.batchFirst()
                ? (sequence * steps + time) * directions + direction
                : (time * directions + direction) * batch + sequence;
        return row * hidden;
    }

    private int length(int sequence) {
        return lengths == null ? steps : lengths[sequence];
    }

    private int time(int direction, int sequence, int step) {
        return attributes.reversed().get(direction) ? length(sequence) - 1 - step : step;
    }

    /** Whether sequence {@code sequence} has a step {@code step}. */
    boolean active(int sequence, int step) {
        return step < length(sequence);
    }

    /** Where the product of X at this step starts: gates * hidden values, biases included. */
    int projected(int direction, int sequence, int step) {
        int time = time(direction, sequence, step);
        int row = attributes.batchFirst() ? sequence * steps + time : time * batch + sequence;
        return (direction * steps * batch + row) * gates * hidden;
    }

    /** Where the sums of the gates of a sequence start. */
    int sums(int direction, int sequence) {
        return sumsAt + (direction * batch + sequence) * sumsRow;
    }

    /** Where state {@code i} of a sequence starts. */
    int state(int i, int direction, int sequence) {
        return statesAt[i] + (direction * batch + sequence) * hidden;
    }

    /** Where hidden values of a sequence that are free for the cell start. */
    int spare(int direction, int sequence) {
        return spareAt + (direction * batch + sequence) * hidden;
    }

    RecurrentWeights weights(int direction) {
        return weights.get(direction);
    }

    /**
     * Multiplies rows {@code from} to {@code to} of (batch, hidden) values by part {@code part} of R, into the sums from gate {@code gate} on.
     *
     * @param step every other step goes through R backwards: what the cache kept of the last one is then read first
     * @param rows where row 0 of the left matrix starts
     */
    void product(int direction, int step, int part, int gate, int rows, int from, int to, float[] scratch) {
        PackedB r = weights.get(direction).recurrent().get(part);
        int out = sums(direction, 0) + gate * hidden;
        if (batch == 1) {
            rowProduct(r, step, rows, out);
            return;
        }
        if (!splitProducts) {
            int chunk = Math.max(2, CHUNK / Math.max(1, r.k() * Gemm.NR) & ~1);
            int chunks = (r.panels() + chunk - 1) / chunk;
            for (int i = 0; i < chunks; i++) {
                int first = (step % 2 == 0 ? i : chunks - 1 - i) * chunk;
                panels(r, rows, out, from, to, first, Math.min(r.panels(), first + chunk), scratch);
            }
            return;
        }
        long cost = (long) (to - from) * r.n() * r.k() / MACS_PER_NANO / Math.max(1, r.panels());
        context.parallel(r.panels(), cost, (first, last, own) -> {
            int fromPanel = step % 2 == 0 ? first : r.panels() - last;
            panels(
                    r,
                    rows,
                    out,
                    from,
                    to,
                    fromPanel,
                    fromPanel + last - first,
                    own.floats(Gemm.scratchLength(to - from, r.n(), r.k())));
        });
    }

    /** One row: bound by reading R, a kernel of its own. Blocks of four panels are the unit that threads share, because sums depend on it. */
    private void rowProduct(PackedB r, int step, int row, int out) {
        boolean backwards = step % 2 != 0;
        if (!splitProducts) {
            RowProduct.run(work, row, r, work, out, 0, r.panels(), backwards);
            return;
        }
        int blocks = (r.panels() + RowProduct.BLOCK - 1) / RowProduct.BLOCK;
        context.parallel(blocks, RowProduct.BLOCK * (long) Gemm.NR * r.k() / MACS_PER_NANO, (first, last, own) -> {
            int fromBlock = backwards ? blocks - last : first;
            int toBlock = backwards ? blocks - first : last;
            RowProduct.run(
                    work,
                    row,
                    r,
                    work,
                    out,
                    fromBlock * RowProduct.BLOCK,
                    Math.min(r.panels(), toBlock * RowProduct.BLOCK),
                    backwards);
        });
    }

    private void panels(PackedB r, int rows, int out, int from, int to, int fromPanel, int toPanel, float[] scratch) {
        Gemm.run(
                work,
                rows,
                hidden,
                r,
                work,
                out,
                sumsRow,
                null,
                0,
                from,
                to,
                fromPanel,
                toPanel,
                Epilogue.NONE,
                scratch,
                0);
    }
}
