package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.CacheRows;
import org.lanewise.kernels.attention.RotaryEmbedding;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The keys, or the values, of one run: rows of the past, then new ones, as fp32 in {@code rows} (N, heads, R, size) for the attention and in the format of the cache in {@code present} (N, heads, P, columns).
 *
 * @param format of past and present
 * @param added the new rows
 * @param past (N, heads, rows, columns), or {@code null}
 * @param scales of a quantized cache, else empty
 * @param rows what the attention reads; the same as {@code present} where that is fp32 and nothing is dropped
 * @param present what is given back, or {@code null} where nobody wants it
 */
record CacheSide(
        CacheFormat format,
        HeadLayout added,
        @Nullable Tensor past,
        float[] scales,
        FloatTensor rows,
        @Nullable Tensor present) {
    /**
     * Angles of rotary embeddings.
     *
     * @param cos (positions, half)
     * @param sin likewise
     * @param half pairs of a row that are rotated
     * @param interleaved whether a pair is two neighbours
     * @param positions one for each row of each sequence
     */
    record Rotation(FloatTensor cos, FloatTensor sin, int half, boolean interleaved, int[] positions) {
        void row(float[] x, int xAt, int size, int position, float[] y, int yAt) {
            int angle = positions[position] * half;
            RotaryEmbedding.row(
                    x,
                    xAt,
                    cos.array(),
                    cos.offset() + angle,
                    sin.array(),
                    sin.offset() + angle,
                    half,
                    size,
                    interleaved,
                    y,
                    yAt);
        }
    }

    private int size() {
        return added.size();
    }

    /** Fills one head of one sequence. */
    void fill(int b, int h, CacheStep step, @Nullable Rotation rotation) {
        int size = size();
        int head = b * added.heads() + h;
        int at = rows.offset() + head * rows.shape().dim(2) * size;
        takeOver(head, h, step.past(), at);
        float[] x = ((FloatTensor) added.tensor()).array();
        float[] y = rows.array();
        int from = added.tensor().offset() + added.offset() + b * added.batchStride() + h * added.headStride();
        for (int i = 0; i < step.added(); i++) {
            int xAt = from + i * added.stride();
            int yAt = at + (step.past() + i) * size;
            if (rotation == null) {
                System.arraycopy(x, xAt, y, yAt, size);
            } else {
                rotation.row(x, xAt, size, b * added.rows() + i, y, yAt);
            }
        }
        Arrays.fill(y, at + step.rows() * size, at + rows.shape().dim(2) * size, 0);
        if (present != null && present != rows) {
            give(present, head, h, step, at);
        }
    }

    private void takeOver(int head, int h, int count, int at) {
        if (past == null || count == 0) {
            return;
        }
        int from = head * past.shape().dim(2) * past.shape().dim(3);
        if (!format.isQuantized()) {
            rows.copyFrom(at - rows.offset(), past, from, count * size());
            return;
        }
        for (int i = 0; i < count; i++) {
            CacheRows.dequantize(
                    format.bits(),
                    ((ByteTensor) past).array(),
                    past.offset() + from + i * past.shape().dim(3),
                    size(),
                    scales,
                    scaleAt(h),
                    scaleStep(),
                    rows.array(),
                    at + i * size());
        }
    }

    private int scaleAt(int h) {
        return format.perChannel() ? h * size() : 0;
    }

    private int scaleStep() {
        return format.perChannel() ? 1 : 0;
    }

    /** Writes what is kept into {@code target}; the attention then reads what a quantized cache will say of the new rows. */
    private void give(Tensor target, int head, int h, CacheStep step, int at) {
        int columns = target.shape().dim(3);
        int to = head * target.shape().dim(2) * columns;
        int kept = step.rows() - step.dropped();
        if (!format.isQuantized()) {
            target.copyFrom(to, rows, at - rows.offset() + step.dropped() * size(), kept * size());
            Arrays.fill(
                    (float[]) target.storage(),
                    target.offset() + to + kept * columns,
                    target.offset() + to + target.shape().dim(2) * columns,
                    0);
            return;
        }
        byte[] bytes = ((ByteTensor) target).array();
        int start = target.offset() + to;
        int old = Math.max(0, step.past() - step.dropped());
        if (past != null && old > 0) {
            int from = (head * past.shape().dim(2) + step.dropped()) * columns;
            target.copyFrom(to, past, from, old * columns);
        }
        byte[] row = new byte[columns];
        for (int i = 0; i < step.added(); i++) {
            int valueAt = at + (step.past() + i) * size();
            CacheRows.quantize(format.bits(), rows.array(), valueAt, size(), scales, scaleAt(h), scaleStep(), row, 0);
            CacheRows.dequantize(format.bits(), row, 0, size(), scales, scaleAt(h), scaleStep(), rows.array(), valueAt);
            int place = step.past() + i - step.dropped();
            if (place >= 0) {
                System.arraycopy(row, 0, bytes, start + place * columns, columns);
            }
        }
        Arrays.fill(bytes, start + kept * columns, start + target.shape().dim(2) * columns, (byte) 0);
    }
}
