package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.CacheRows;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The keys, or the values, of a {@link GroupQueryAttention}: rows of the past, then new ones, as fp32 (N, heads, R, size) for the attention and in the format of the cache in the present (N, heads, P, columns). Where that is fp32 the attention reads it there, else in working memory. Where present and past are the same memory,
 * only new rows are written.
 */
final class CacheSide {
    private final CacheFormat format;
    private final HeadLayout added;
    private final @Nullable Tensor past;
    private final float[] scales;
    private final @Nullable Tensor present;
    private final boolean shared;
    private boolean direct;
    private float[] rows = new float[0];
    private int rowsAt;
    private int perHead;

    /**
     * One side.
     *
     * @param format of past and present
     * @param added the new rows
     * @param past (N, heads, rows, columns), or {@code null}
     * @param scales of a quantized cache, else empty
     * @param present what is given back, or {@code null} where nobody wants it
     */
    CacheSide(CacheFormat format, HeadLayout added, @Nullable Tensor past, float[] scales, @Nullable Tensor present) {
        this.format = format;
        this.added = added;
        this.past = past;
        this.scales = scales;
        this.present = present;
        this.shared = past != null
                && present != null
                && past.storage() == present.storage()
                && past.offset() == present.offset();
    }

    /** Whether the attention can read the present, where no row is {@code dropping}. */
    boolean fits(boolean dropping) {
        return present instanceof FloatTensor && !dropping;
    }

    /** Begins a run that reads the present. */
    void readPresent() {
        FloatTensor tensor = (FloatTensor) java.util.Objects.requireNonNull(present);
        direct = true;
        rows = tensor.array();
        rowsAt = tensor.offset();
        perHead = tensor.shape().dim(2);
    }

    /** Begins a run that works in {@code capacity} rows a head of {@code work}. */
    void readCopy(float[] work, int at, int capacity) {
        direct = false;
        rows = work;
        rowsAt = at;
        perHead = capacity;
    }

    /** What the attention reads. */
    HeadLayout layout() {
        Tensor all = Tensor.wrap(DataType.FLOAT, Shape.of(added.batch(), added.heads(), perHead, size()), rows, rowsAt);
        return GroupedHeads.rows(all, perHead);
    }

    private int size() {
        return added.size();
    }

    /**
     * Fills one head of one sequence.
     *
     * @param read rows that the attention reads even if they hold nothing, 0 if it does not
     */
    void fill(int b, int h, CacheStep step, int read, @Nullable Angles angles, Scratch scratch) {
        int size = size();
        int head = b * added.heads() + h;
        int at = rowsAt + head * perHead * size;
        takeOver(head, h, step.past(), at);
        int from = added.offset() + b * added.batchStride() + h * added.headStride();
        for (int i = 0; i < step.added(); i++) {
            int yAt = at + (step.past() + i) * size;
            Floats.read(added.tensor(), from + i * added.stride(), rows, yAt, size);
            if (angles != null) {
                angles.rotate(rows, yAt, size, b * added.rows() + i, rows, yAt);
            }
        }
        int end = direct && !shared ? perHead : read;
        if (end > step.rows()) {
            Arrays.fill(rows, at + step.rows() * size, at + end * size, 0);
        }
        if (!direct) {
            give(head, h, step, at, scratch);
        }
    }

    private void takeOver(int head, int h, int count, int at) {
        if (past == null || count == 0 || direct && shared) {
            return;
        }
        int columns = past.shape().dim(3);
        int from = head * past.shape().dim(2) * columns;
        if (!format.isQuantized()) {
            Floats.read(past, from, rows, at, count * size());
            return;
        }
        byte[] bytes = ((ByteTensor) past).array();
        int bytesAt = past.offset() + from;
        for (int i = 0; i < count; i++) {
            CacheRows.dequantize(
                    format.bits(),
                    bytes,
                    bytesAt + i * columns,
                    size(),
                    scales,
                    scaleAt(h),
                    scaleStep(),
                    rows,
                    at + i * size());
        }
    }

    private int scaleAt(int h) {
        return format.perChannel() ? h * size() : 0;
    }

    private int scaleStep() {
        return format.perChannel() ? 1 : 0;
    }

    /** Writes what is kept into the present; the attention then reads what a quantized cache will say of the new rows. */
    private void give(int head, int h, CacheStep step, int at, Scratch scratch) {
        int columns = (int) format.columns(size());
        int to = present == null ? 0 : head * present.shape().dim(2) * columns;
        int old = step.past() - step.dropped();
        if (present != null && past != null && old > 0 && !(shared && step.dropped() == 0)) {
            int from = (head * past.shape().dim(2) + step.dropped()) * columns;
            present.copyFrom(to, past, from, old * columns); // the same array may overlap itself
        }
        for (int i = 0; i < step.added(); i++) {
            int place = old + i;
            keep(h, at + (step.past() + i) * size(), place < 0 ? -1 : to + place * columns, columns, scratch);
        }
        if (present != null && (!shared || step.dropped() > 0)) {
            clear(
                    present,
                    to + (step.rows() - step.dropped()) * columns,
                    to + present.shape().dim(2) * columns);
        }
    }

    /** Stores the row of head {@code h} at {@code at} as elements {@code to} and on of the present, if that is not negative. */
    private void keep(int h, int at, int to, int columns, Scratch scratch) {
        if (format.isQuantized()) {
            byte[] row = scratch.bytes(columns);
            CacheRows.quantize(format.bits(), rows, at, size(), scales, scaleAt(h), scaleStep(), row, 0);
            CacheRows.dequantize(format.bits(), row, 0, size(), scales, scaleAt(h), scaleStep(), rows, at);
            if (to >= 0 && present instanceof ByteTensor bytes) {
                System.arraycopy(row, 0, bytes.array(), bytes.offset() + to, columns);
            }
        } else if (to >= 0 && present != null) {
            Floats.write(rows, at, present, to, columns);
        }
    }

    private static void clear(Tensor tensor, int from, int to) {
        int start = tensor.offset() + from;
        int end = tensor.offset() + to;
        switch (tensor) {
            case FloatTensor floats -> Arrays.fill(floats.array(), start, end, 0);
            case ShortTensor shorts -> Arrays.fill(shorts.array(), start, end, (short) 0);
            case ByteTensor bytes -> Arrays.fill(bytes.array(), start, end, (byte) 0);
            default -> throw new IllegalStateException("a cache of " + tensor.type());
        }
    }
}
