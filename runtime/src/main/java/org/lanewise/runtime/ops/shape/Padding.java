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
            return;
        }
        this.inner = shape.sizeBetween(rowAxis + 1, rank);
        this.left = Math.max(0, (int) pads[rowAxis]);
        this.middle = shape.dim(rowAxis) + Math.min(0, (int) pads[rowAxis]) + Math.min(0, (int) pads[rowAxis + rank]);
        this.middleSource = Math.max(0, -(int) pads[rowAxis]);
        this.rowLength = outDims[rowAxis] * inner;
    }

    void run(OpContext context) {
        context.parallel(out.size() / rowLength, 20 + rowLength / 4, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                row(row);
            }
        });
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
