package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.RotaryEmbedding;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** The angles of the rotary embeddings of {@link GroupQueryAttention}: cos_cache and sin_cache (positions, half), and which of their rows belongs to each row of each sequence. */
final class Angles {
    private final Tensor cos;
    private final Tensor sin;
    private final int half;
    private final boolean interleaved;
    private final int[] positions;
    private float[] cosRows = new float[0];
    private float[] sinRows = new float[0];
    private int cosAt;
    private int sinAt;

    /**
     * Angles for heads of {@code size} columns.
     *
     * @param rows of all sequences
     */
    Angles(Tensor cos, Tensor sin, int size, int rows, boolean interleaved) {
        if (cos.shape().rank() != 2
                || !cos.shape().equals(sin.shape())
                || 2 * cos.shape().dim(1) > size) {
            throw new IllegalArgumentException("cos_cache has shape " + cos.shape() + " and sin_cache " + sin.shape()
                    + ", expected equal shapes [positions,pairs] with at most " + size / 2 + " pairs");
        }
        this.cos = cos;
        this.sin = sin;
        this.half = cos.shape().dim(1);
        this.interleaved = interleaved;
        this.positions = new int[rows];
    }

    /** Elements that {@link #begin} needs: 16-bit angles are converted, those of the positions at hand only. */
    long scratchSize() {
        return cos.type() == DataType.FLOAT ? 0 : 2L * positions.length * half;
    }

    /** Sets the positions of a run: as given, but a prompt uses the first one only, from which they go up in every sequence. */
    void begin(@Nullable Tensor given, CacheStep[] steps, boolean prompt, float[] scratch, int at) {
        int rows = positions.length / Math.max(1, steps.length);
        Tensor own = prompt ? null : given;
        if (own != null) {
            check(own, steps.length, rows);
        }
        int first = prompt && given != null && given.size() > 0 ? Math.toIntExact(given.getLong(0)) : 0;
        for (int i = 0; i < positions.length; i++) {
            int position = own == null
                    ? first + steps[i / rows].start() + i % rows
                    : Math.toIntExact(own.getLong(i / rows * own.shape().dim(1) + i % rows));
            if (position < 0 || position >= cos.shape().dim(0)) {
                throw new IllegalArgumentException("position " + position + " is outside the "
                        + cos.shape().dim(0) + " positions of cos_cache");
            }
            positions[i] = position;
        }
        if (cos instanceof FloatTensor floats && sin instanceof FloatTensor others) {
            cosRows = floats.array();
            cosAt = floats.offset();
            sinRows = others.array();
            sinAt = others.offset();
            return;
        }
        cosRows = scratch;
        cosAt = at;
        sinRows = scratch;
        sinAt = at + positions.length * half;
        for (int i = 0; i < positions.length; i++) {
            Floats.read(cos, positions[i] * half, scratch, cosAt + i * half, half);
            Floats.read(sin, positions[i] * half, scratch, sinAt + i * half, half);
            positions[i] = i;
        }
    }

    private static void check(Tensor given, int batch, int rows) {
        Shape shape = given.shape();
        if (shape.rank() != 2 || shape.dim(0) != batch || shape.dim(1) < rows) {
            throw new IllegalArgumentException(
                    "position_ids has shape " + shape + ", expected [" + batch + "," + rows + "]");
        }
    }

    /** Rotates one head of row {@code row}; {@code y} may be {@code x}. */
    void rotate(float[] x, int xAt, int size, int row, float[] y, int yAt) {
        int angle = positions[row] * half;
        RotaryEmbedding.row(x, xAt, cosRows, cosAt + angle, sinRows, sinAt + angle, half, size, interleaved, y, yAt);
    }
}
