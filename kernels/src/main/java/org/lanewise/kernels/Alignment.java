package org.lanewise.kernels;

/**
 * Where in a Java array a cache line begins. A 512-bit access that crosses a line costs two, so what kernels read and write in whole vectors (slabs,
 * packed weights, scratch) starts at {@link #first} rather than at index 0: there the address is a multiple of 64 bytes if the array itself is.
 *
 * <p>An array is aligned so when the collector gives it regions of its own (half a region and larger: G1, ZGC, Shenandoah), and always with
 * {@code -XX:ObjectAlignmentInBytes=64}; elsewhere its address is a multiple of 8 and luck decides. No code may rely on alignment.
 */
public final class Alignment {
    /** Bytes of a cache line, and of the widest vector. */
    public static final int LINE_BYTES = 64;

    /** Bytes before the first element of up to 4 bytes; larger ones begin at the next multiple of 8. */
    private static final int HEADER_BYTES = HotSpotOptions.isOn("UseCompactObjectHeaders") ? 12 : 16;

    /** {@link #first} of a {@code float[]}. */
    public static final int FIRST_FLOAT = first(Float.BYTES);

    private Alignment() {}

    /** The lowest index at which a line begins, in an array that starts at a multiple of {@link #LINE_BYTES}. */
    public static int first(int elementBytes) {
        int header = elementBytes == Long.BYTES ? 16 : HEADER_BYTES;
        return (LINE_BYTES - header) / elementBytes;
    }

    /** The lowest index from {@code index} on at which a line begins, in an array that starts at a multiple of {@link #LINE_BYTES}. */
    public static long next(long index, int elementBytes) {
        int first = first(elementBytes);
        int line = LINE_BYTES / elementBytes;
        return index <= first ? first : first + (index - first + line - 1) / line * line;
    }

    /** {@code count} elements of 4 bytes, filled up to whole lines: what begins so far behind the start of a line starts one, too. */
    public static int lines(int count) {
        int line = LINE_BYTES / Float.BYTES;
        return Math.ceilDiv(count, line) * line;
    }
}
