package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.layout.Blocks;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The work of {@link Pad}: every row of the output is a copied middle between two borders. A row is the last axis that is padded together with the axes behind
 * it; for each axis before, a table says where in the input an index comes from.
 */
final class Padding {
    /** Up to this length, all rows are filled by strided copies instead of a few calls for each. */
    private static final int SHORT_ROW = 4096;

    private final Tensor in;
    private final Tensor out;
    private final Tensor fill;
    private final int[][] tables;
    private final int[] inStrides;
    private final int[] outDims;
    private final int rowAxis;
    private final int inner;
    private final int left;
    private final int middle;
    private final int middleSource;
    private final int rowLength;
    private final int inRow;
    private final boolean fillsOneAxis;

    /**
     * Prepares.
     *
     * @param pads begins of all axes, then ends
     * @param fill one element, for the constant mode
     */
    Padding(PadMode mode, Tensor in, long[] pads, Tensor out, Tensor fill) {
        this.in = in;
        this.out = out;
        this.fill = fill;
        Shape shape = in.shape();
        int rank = shape.rank();
        this.inStrides = shape.strides();
        this.outDims = out.shape().toArray();
        int last = 0;
        this.tables = new int[rank][];
        for (int axis = 0; axis < rank; axis++) {
            int begin = (int) pads[axis];
            int end = (int) pads[axis + rank];
            int cut = Math.max(0, -begin);
            int kept = shape.dim(axis) - cut - Math.max(0, -end);
            tables[axis] = new int[outDims[axis]];
            for (int i = 0; i < outDims[axis]; i++) {
                int source = mode.source(i - Math.max(0, begin), kept);
                tables[axis][i] = source < 0 ? -1 : source + cut;
            }
            last = begin != 0 || end != 0 ? axis : last;
        }
        this.rowAxis = last;
        if (rank == 0) {
            this.inner = 1;
            this.left = 0;
            this.middle = 1;
            this.middleSource = 0;
            this.rowLength = 1;
            this.inRow = 1;
            this.fillsOneAxis = false;
            return;
        }
        this.inner = shape.sizeBetween(rowAxis + 1, rank);
        this.left = Math.max(0, (int) pads[rowAxis]);
        this.middle = shape.dim(rowAxis) + Math.min(0, (int) pads[rowAxis]) + Math.min(0, (int) pads[rowAxis + rank]);
        this.middleSource = Math.max(0, -(int) pads[rowAxis]);
        this.rowLength = outDims[rowAxis] * inner;
        this.inRow = shape.dim(rowAxis) * inner;
        this.fillsOneAxis = mode == PadMode.CONSTANT && rowLength <= SHORT_ROW && isOnlyAxis(pads, rowAxis);
    }

    private static boolean isOnlyAxis(long[] pads, int axis) {
        int rank = pads.length / 2;
        for (int i = 0; i < pads.length; i++) {
            if (i % rank != axis && pads[i] != 0) {
                return false;
            }
        }
        return true;
    }

    void run(OpContext context) {
        if (fillsOneAxis) {
            int kept = middle * inner;
            int before = left * inner;
            Tensor border = constants();
            rows(context, kept, in, middleSource * inner, inRow, before);
            rows(context, before, border, 0, 0, 0);
            rows(context, rowLength - before - kept, border, 0, 0, before + kept);
            return;
        }
        context.parallel(out.size() / rowLength, 20 + rowLength / 4, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                row(row);
            }
        });
    }

    /** Copies to all rows, {@code at} elements behind their starts, {@code count} elements each; those of two rows are {@code step} apart. */
    private void rows(OpContext context, int count, Tensor source, int from, int step, int at) {
        if (count > 0) {
            Moves.rows(context, out.size() / rowLength, count, source, from, step, out, at, rowLength);
        }
    }

    /** As many times the filling element as the longer border has elements. */
    private Tensor constants() {
        int length = Math.max(left * inner, rowLength - (left + middle) * inner);
        Tensor all = Tensor.allocate(in.type(), Shape.of(length));
        Moves.fill(all, 0, length, fill);
        return all;
    }

    private void row(int row) {
        int rest = row;
        int source = 0;
        for (int axis = rowAxis - 1; axis >= 0; axis--) {
            int index = tables[axis][rest % outDims[axis]];
            rest /= outDims[axis];
            if (index < 0) {
                Moves.fill(out, row * rowLength, rowLength, fill);
                return;
            }
            source += index * inStrides[axis];
        }
        int at = row * rowLength;
        border(source, at, 0, left);
        out.copyFrom(at + left * inner, in, source + middleSource * inner, middle * inner);
        border(source, at, left + middle, rowLength / inner);
    }

    private void border(int source, int at, int from, int to) {
        if (from == to) {
            return;
        }
        if (tables[rowAxis][from] < 0) {
            Moves.fill(out, at + from * inner, (to - from) * inner, fill);
        } else {
            Blocks.gather(
                    in.storage(),
                    in.offset() + source,
                    tables[rowAxis],
                    inner,
                    from,
                    to,
                    inner,
                    out.storage(),
                    out.offset() + at);
        }
    }
}
