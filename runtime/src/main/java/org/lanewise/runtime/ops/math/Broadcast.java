package org.lanewise.runtime.ops.math;

import java.util.Arrays;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.Shape;

/**
 * How inputs of different shapes meet under NumPy's rules: the output as rows of contiguous elements, in which every input either advances with the
 * output or stands still. Neighbouring axes that all inputs treat alike are one, so equal shapes are a single row.
 */
public final class Broadcast {
    private final Shape shape;
    private final int[] dims; // outermost first, the last one is the row
    private final int[][] strides; // per input, per dimension of dims

    /** Work on a part of a row. */
    @FunctionalInterface
    public interface Row {
        /**
         * Does it.
         *
         * @param at for each input, the index of its first element
         * @param y index of the first element of the output
         * @param n number of elements
         */
        void run(int[] at, int y, int n);
    }

    private Broadcast(Shape shape, int[] dims, int[][] strides) {
        this.shape = shape;
        this.dims = dims;
        this.strides = strides;
    }

    /**
     * The broadcast of inputs with these shapes.
     *
     * @throws IllegalArgumentException if they do not broadcast
     */
    public static Broadcast of(Shape... inputs) {
        Shape shape = inputs[0];
        for (Shape input : inputs) {
            shape = Shape.broadcast(shape, input);
        }
        return to(shape, inputs);
    }

    /** The broadcast of inputs with these shapes to {@code shape}, to which each of them must broadcast. */
    public static Broadcast to(Shape shape, Shape... inputs) {
        int[] dims = new int[Math.max(1, shape.rank())];
        int[][] strides = new int[inputs.length][dims.length];
        int[] next = new int[inputs.length];
        Arrays.fill(next, 1);
        int count = 0; // dimensions found so far, stored innermost first
        for (int axis = 1; axis <= shape.rank(); axis++) {
            int dim = shape.dim(-axis);
            if (dim == 1) {
                continue;
            }
            boolean merge = count > 0;
            for (int i = 0; i < inputs.length; i++) {
                boolean moves = axis <= inputs[i].rank() && inputs[i].dim(-axis) != 1;
                strides[i][count] = moves ? next[i] : 0;
                next[i] *= moves ? dim : 1;
                merge &= count > 0 && strides[i][count] == strides[i][count - 1] * dims[count - 1];
            }
            if (merge) {
                dims[count - 1] *= dim;
            } else {
                dims[count++] = dim;
            }
        }
        if (count == 0) {
            dims[count++] = 1;
        }
        int[][] reversed = new int[inputs.length][];
        for (int i = 0; i < inputs.length; i++) {
            reversed[i] = reverse(strides[i], count);
        }
        return new Broadcast(shape, reverse(dims, count), reversed);
    }

    /** The output's shape. */
    public Shape shape() {
        return shape;
    }

    /** How input {@code i} moves within a row: 1 with the output, 0 not at all. */
    public int step(int i) {
        return strides[i][dims.length - 1];
    }

    /** Whether the whole output is one row. */
    public boolean isOneRow() {
        return dims.length == 1;
    }

    /**
     * Runs {@code row} over the whole output, split over threads.
     *
     * @param picos rough cost of one element in picoseconds
     */
    public void run(OpContext context, int picos, Row row) {
        int size = shape.size();
        if (size == 0) {
            return;
        }
        int length = dims[dims.length - 1];
        int perRow = (length + Blocks.SIZE - 1) / Blocks.SIZE;
        int pieces = size / length * perRow;
        if (pieces == 1 || size <= Blocks.SIZE) {
            pieces(0, pieces, perRow, row);
        } else {
            long cost = Math.max(1, (long) Math.min(length, Blocks.SIZE) * picos / 1000);
            context.parallel(pieces, cost, (from, to, scratch) -> pieces(from, to, perRow, row));
        }
    }

    /** Runs {@code row} over the whole output on the calling thread. */
    public void each(Row row) {
        if (shape.size() > 0) {
            int length = dims[dims.length - 1];
            int perRow = (length + Blocks.SIZE - 1) / Blocks.SIZE;
            pieces(0, shape.size() / length * perRow, perRow, row);
        }
    }

    private void pieces(int from, int to, int perRow, Row row) {
        int last = dims.length - 1;
        int length = dims[last];
        int[] index = new int[last];
        int[] start = new int[strides.length];
        int[] at = new int[strides.length];
        int firstRow = from / perRow;
        for (int d = last - 1, rest = firstRow; d >= 0; rest /= dims[d--]) {
            index[d] = rest % dims[d];
            for (int i = 0; i < start.length; i++) {
                start[i] += index[d] * strides[i][d];
            }
        }
        int piece = from;
        for (int r = firstRow; piece < to; r++) {
            for (int block = piece - r * perRow; block < perRow && piece < to; block++, piece++) {
                int begin = block * Blocks.SIZE;
                for (int i = 0; i < at.length; i++) {
                    at[i] = start[i] + begin * strides[i][last];
                }
                row.run(at, r * length + begin, Math.min(Blocks.SIZE, length - begin));
            }
            advance(index, start);
        }
    }

    private void advance(int[] index, int[] start) {
        for (int d = index.length - 1; d >= 0; d--) {
            boolean wraps = ++index[d] == dims[d];
            for (int i = 0; i < start.length; i++) {
                start[i] += wraps ? -(dims[d] - 1) * strides[i][d] : strides[i][d];
            }
            if (!wraps) {
                return;
            }
            index[d] = 0;
        }
    }

    private static int[] reverse(int[] values, int count) {
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            out[i] = values[count - 1 - i];
        }
        return out;
    }
}
