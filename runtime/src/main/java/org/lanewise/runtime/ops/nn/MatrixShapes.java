package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * The shapes of a matrix product under NumPy's rules: the last two dimensions multiply, those before broadcast, a vector becomes a matrix of one row (on
 * the left) or one column (on the right) and loses that dimension again.
 *
 * @param batch broadcast leading dimensions
 * @param m rows of A
 * @param k columns of A, rows of B
 * @param n columns of B
 * @param aBatch leading dimensions of A
 * @param bBatch leading dimensions of B
 * @param output shape of the product
 */
public record MatrixShapes(Shape batch, int m, int k, int n, Shape aBatch, Shape bBatch, Shape output) {
    /** For a product of {@code a} and {@code b}. */
    public static MatrixShapes of(Shape a, Shape b) {
        if (a.rank() == 0 || b.rank() == 0) {
            throw new IllegalArgumentException(
                    "a matrix product needs at least vectors, got shapes " + a + " and " + b);
        }
        int m = a.rank() == 1 ? 1 : a.dim(-2);
        int k = a.dim(-1);
        int n = b.rank() == 1 ? 1 : b.dim(-1);
        int kb = b.rank() == 1 ? b.dim(0) : b.dim(-2);
        if (k != kb) {
            throw new IllegalArgumentException("A " + a + " has " + k + " columns, B " + b + " has " + kb + " rows");
        }
        Shape aBatch = leading(a);
        Shape bBatch = leading(b);
        Shape batch = Shape.broadcast(aBatch, bBatch);
        return new MatrixShapes(batch, m, k, n, aBatch, bBatch, output(batch, a.rank() == 1, b.rank() == 1, m, n));
    }

    /** What is known of the shape of the product. */
    public static PartialShape infer(PartialShape a, PartialShape b) {
        if (!a.isRanked() || !b.isRanked()) {
            return PartialShape.unranked();
        }
        if (a.rank() == 0 || b.rank() == 0) {
            throw new IllegalArgumentException(
                    "a matrix product needs at least vectors, got shapes " + a + " and " + b);
        }
        long ka = a.dim(-1);
        long kb = b.rank() == 1 ? b.dim(0) : b.dim(-2);
        if (ka >= 0 && kb >= 0 && ka != kb) {
            throw new IllegalArgumentException("A " + a + " has " + ka + " columns, B " + b + " has " + kb + " rows");
        }
        PartialShape batch = PartialShape.broadcast(leading(a), leading(b));
        long[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + (a.rank() > 1 ? 1 : 0) + (b.rank() > 1 ? 1 : 0));
        int at = batch.rank();
        if (a.rank() > 1) {
            dims[at++] = a.dim(-2);
        }
        if (b.rank() > 1) {
            dims[at] = b.dim(-1);
        }
        return PartialShape.of(dims);
    }

    /** Index of A's matrix for batch {@code index}. */
    public int aIndex(int index) {
        return broadcastIndex(index, aBatch);
    }

    /** Index of B's matrix for batch {@code index}. */
    public int bIndex(int index) {
        return broadcastIndex(index, bBatch);
    }

    private int broadcastIndex(int index, Shape own) {
        if (own.equals(batch)) {
            return index;
        }
        int result = 0;
        int stride = 1;
        int rest = index;
        for (int i = 1; i <= batch.rank(); i++) {
            int coordinate = rest % batch.dim(-i);
            rest /= batch.dim(-i);
            if (i <= own.rank()) {
                result += own.dim(-i) == 1 ? 0 : coordinate * stride;
                stride *= own.dim(-i);
            }
        }
        return result;
    }

    private static Shape leading(Shape shape) {
        return shape.rank() <= 2 ? Shape.scalar() : Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }

    private static PartialShape leading(PartialShape shape) {
        return shape.rank() <= 2
                ? PartialShape.of(Shape.scalar())
                : PartialShape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }

    private static Shape output(Shape batch, boolean dropRow, boolean dropColumn, int m, int n) {
        int[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + (dropRow ? 0 : 1) + (dropColumn ? 0 : 1));
        int at = batch.rank();
        if (!dropRow) {
            dims[at++] = m;
        }
        if (!dropColumn) {
            dims[at] = n;
        }
        return Shape.of(dims);
    }
}
