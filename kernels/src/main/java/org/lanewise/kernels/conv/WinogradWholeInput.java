package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;
import static org.lanewise.kernels.conv.WinogradWholeForm.COLUMNS;
import static org.lanewise.kernels.conv.WinogradWholeForm.POINTS;
import static org.lanewise.kernels.conv.WinogradWholeForm.STEP;
import static org.lanewise.kernels.conv.WinogradWholeForm.TILE;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/**
 * The transform {@code V = B^T d B} of {@link WinogradWhole} on a vector of channels of tiles beside each other: sums and differences of 6x6 bytes. First down the columns, which neighbours share, then along the lines. Distances are constants wherever they
 * can be, so that one check serves many accesses. Vectors have 256 bits at least, as a quarter of one is the narrowest vector of bytes there is.
 */
final class WinogradWholeInput {
    private static final int LANES = Simd.LANES;
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private WinogradWholeInput() {}

    /**
     * Transforms columns of six rows, each in an array of its own, pixels {@code step} apart: value r of column j goes to {@code y + r * COLUMNS + j * LANES}.
     */
    static void down(
            byte[] x0,
            int i0,
            byte[] x1,
            int i1,
            byte[] x2,
            int i2,
            byte[] x3,
            int i3,
            byte[] x4,
            int i4,
            byte[] x5,
            int i5,
            boolean isUnsigned,
            int step,
            float[] s,
            int y,
            int columns) {
        if (isUnsigned) {
            unsigned(x0, i0, x1, i1, x2, i2, x3, i3, x4, i4, x5, i5, step, s, y, columns);
        } else {
            signed(x0, i0, x1, i1, x2, i2, x3, i3, x4, i4, x5, i5, step, s, y, columns);
        }
    }

    private static void unsigned(
            byte[] x0,
            int i0,
            byte[] x1,
            int i1,
            byte[] x2,
            int i2,
            byte[] x3,
            int i3,
            byte[] x4,
            int i4,
            byte[] x5,
            int i5,
            int step,
            float[] s,
            int y,
            int columns) {
        for (int j = 0; j < columns; j++) {
            int i = j * step;
            int o = y + j * LANES;
            FloatVector d0 = (FloatVector) ((IntVector)
                            ByteVector.fromArray(I8, x0, i0 + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0))
                    .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d1 = (FloatVector) ((IntVector)
                            ByteVector.fromArray(I8, x1, i1 + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0))
                    .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d2 = (FloatVector) ((IntVector)
                            ByteVector.fromArray(I8, x2, i2 + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0))
                    .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d3 = (FloatVector) ((IntVector)
                            ByteVector.fromArray(I8, x3, i3 + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0))
                    .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d4 = (FloatVector) ((IntVector)
                            ByteVector.fromArray(I8, x4, i4 + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0))
                    .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d5 = (FloatVector) ((IntVector)
                            ByteVector.fromArray(I8, x5, i5 + i).convertShape(VectorOperators.ZERO_EXTEND_B2I, I32, 0))
                    .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector a = d1.add(d3);
            FloatVector b = d2.add(d4);
            FloatVector c = d4.sub(d2);
            FloatVector e = d3.sub(d1);
            ((FloatVector) TYPE.cast(d0.sub(d4))).intoArray(s, o);
            ((FloatVector) TYPE.cast(b.add(a))).intoArray(s, o + COLUMNS);
            ((FloatVector) TYPE.cast(b.sub(a))).intoArray(s, o + 2 * COLUMNS);
            ((FloatVector) TYPE.cast(c.add(e))).intoArray(s, o + 3 * COLUMNS);
            ((FloatVector) TYPE.cast(c)).intoArray(s, o + 4 * COLUMNS);
            ((FloatVector) TYPE.cast(e)).intoArray(s, o + 5 * COLUMNS);
            ((FloatVector) TYPE.cast(d5.sub(d1))).intoArray(s, o + 6 * COLUMNS);
        }
    }

    private static void signed(
            byte[] x0,
            int i0,
            byte[] x1,
            int i1,
            byte[] x2,
            int i2,
            byte[] x3,
            int i3,
            byte[] x4,
            int i4,
            byte[] x5,
            int i5,
            int step,
            float[] s,
            int y,
            int columns) {
        for (int j = 0; j < columns; j++) {
            int i = j * step;
            int o = y + j * LANES;
            FloatVector d0 = (FloatVector)
                    ((IntVector) ByteVector.fromArray(I8, x0, i0 + i).convertShape(VectorOperators.B2I, I32, 0))
                            .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d1 = (FloatVector)
                    ((IntVector) ByteVector.fromArray(I8, x1, i1 + i).convertShape(VectorOperators.B2I, I32, 0))
                            .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d2 = (FloatVector)
                    ((IntVector) ByteVector.fromArray(I8, x2, i2 + i).convertShape(VectorOperators.B2I, I32, 0))
                            .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d3 = (FloatVector)
                    ((IntVector) ByteVector.fromArray(I8, x3, i3 + i).convertShape(VectorOperators.B2I, I32, 0))
                            .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d4 = (FloatVector)
                    ((IntVector) ByteVector.fromArray(I8, x4, i4 + i).convertShape(VectorOperators.B2I, I32, 0))
                            .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector d5 = (FloatVector)
                    ((IntVector) ByteVector.fromArray(I8, x5, i5 + i).convertShape(VectorOperators.B2I, I32, 0))
                            .convertShape(VectorOperators.I2F, F32, 0);
            FloatVector a = d1.add(d3);
            FloatVector b = d2.add(d4);
            FloatVector c = d4.sub(d2);
            FloatVector e = d3.sub(d1);
            ((FloatVector) TYPE.cast(d0.sub(d4))).intoArray(s, o);
            ((FloatVector) TYPE.cast(b.add(a))).intoArray(s, o + COLUMNS);
            ((FloatVector) TYPE.cast(b.sub(a))).intoArray(s, o + 2 * COLUMNS);
            ((FloatVector) TYPE.cast(c.add(e))).intoArray(s, o + 3 * COLUMNS);
            ((FloatVector) TYPE.cast(c)).intoArray(s, o + 4 * COLUMNS);
            ((FloatVector) TYPE.cast(e)).intoArray(s, o + 5 * COLUMNS);
            ((FloatVector) TYPE.cast(d5.sub(d1))).intoArray(s, o + 6 * COLUMNS);
        }
    }

    /** What {@link #down} makes of {@code columns} columns of one value. */
    static void constant(float value, float[] s, int y, int columns) {
        for (int r = 0; r < POINTS; r++) {
            FloatVector v = FloatVector.broadcast(F32, r == 1 ? 4 * value : 0);
            for (int j = 0; j < columns; j++) {
                ((FloatVector) TYPE.cast(v)).intoArray(s, y + r * COLUMNS + j * LANES);
            }
        }
    }

    /** Transforms one line of {@code tiles} tiles: position h of tile t goes to {@code y + h * STEP + t * LANES}. */
    static void along(float[] s, int x, int y, int tiles) {
        for (int t = 0; t < tiles; t++) {
            int i = x + t * (TILE * LANES);
            int o = y + t * LANES;
            FloatVector d1 = FloatVector.fromArray(F32, s, i + LANES);
            FloatVector d2 = FloatVector.fromArray(F32, s, i + 2 * LANES);
            FloatVector d3 = FloatVector.fromArray(F32, s, i + 3 * LANES);
            FloatVector d4 = FloatVector.fromArray(F32, s, i + 4 * LANES);
            FloatVector a = d1.add(d3);
            FloatVector b = d2.add(d4);
            FloatVector c = d4.sub(d2);
            FloatVector e = d3.sub(d1);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, s, i).sub(d4))).intoArray(s, o);
            ((FloatVector) TYPE.cast(b.add(a))).intoArray(s, o + STEP);
            ((FloatVector) TYPE.cast(b.sub(a))).intoArray(s, o + 2 * STEP);
            ((FloatVector) TYPE.cast(c.add(e))).intoArray(s, o + 3 * STEP);
            ((FloatVector) TYPE.cast(c)).intoArray(s, o + 4 * STEP);
            ((FloatVector) TYPE.cast(e)).intoArray(s, o + 5 * STEP);
            ((FloatVector) TYPE.cast(
                            FloatVector.fromArray(F32, s, i + 5 * LANES).sub(d1)))
                    .intoArray(s, o + 6 * STEP);
        }
    }
}
