package org.lanewise.kernels;

import java.lang.ref.WeakReference;

/**
 * Room for values that are written once and read often, such as packed weights, which begins at a cache line where that can be had. G1 puts arrays of less than half a region anywhere, by a multiple of 8 bytes, where most accesses of 512 bits
 * cross a line (a product of 384x384x384 takes 9 to 16 % longer so). Therefore several share an array that fills a region, which begins at one and never moves; it lives as long as one of them.
 *
 * @param array what they may share
 * @param start index of the first value
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record AlignedFloats(float[] array, int start) {
    /** Fewer values are not worth a shared array. */
    private static final int LEAST = 256;

    /** Larger regions, which only large heaps have, would cost small models too much. */
    private static final long MOST_BYTES = 8 << 20;

    /** Values of an array that fills a region; 0 where there are no regions or they are too large. */
    private static final int REGION = region();

    private static WeakReference<float[]> shared = new WeakReference<>(null);
    private static int used;

    private static int region() {
        long bytes = HotSpotOptions.isOn("UseG1GC") ? HotSpotOptions.number("G1HeapRegionSize") : 0;
        return bytes == 0 || bytes > MOST_BYTES ? 0 : (int) (bytes / Float.BYTES) - Alignment.LINE_BYTES / Float.BYTES;
    }

    /** Room for {@code n} values, all zero. */
    public static AlignedFloats of(int n) {
        boolean own = n < LEAST || n >= REGION / 2;
        return own
                ? new AlignedFloats(new float[Math.addExact(Alignment.FIRST_FLOAT, n)], Alignment.FIRST_FLOAT)
                : share(n);
    }

    private static synchronized AlignedFloats share(int n) {
        float[] array = shared.get();
        if (array == null || array.length - used < n) {
            // Many a model has few weights: the first array is as short as gets a region of its own
            array = new float[array == null ? REGION / 2 + Alignment.LINE_BYTES : REGION];
            shared = new WeakReference<>(array);
            used = Alignment.FIRST_FLOAT;
        }
        int start = used;
        used += Alignment.lines(n);
        return new AlignedFloats(array, start);
    }
}
