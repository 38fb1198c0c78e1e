package org.lanewise.runtime.schedule;

import org.lanewise.kernels.Alignment;

/**
 * Working memory of one thread in one run: an array per element type that grows to what was asked for and is reused. What a call returns is
 * overwritten by the next call of the same method, and its elements are undefined. What kernels read and write in vectors should lie from
 * {@link #START} on.
 */
public final class Scratch {
    /** Index in arrays of 32-bit elements from which on as many elements as asked for are there, and where a cache line may begin: {@link Alignment}. */
    public static final int START = Alignment.FIRST_FLOAT;

    /** The same in arrays of {@code double}. */
    public static final int START_OF_DOUBLES = Alignment.first(Double.BYTES);

    /** 4 MB: half of a region of up to 8 MB. */
    private static final int LEAST_ALIGNED = 1 << 20;

    private float[] floats = new float[0];
    private float[] held = new float[0];
    private byte[] bytes = new byte[0];
    private short[] shorts = new short[0];
    private int[] ints = new int[0];
    private long[] longs = new long[0];
    private double[] doubles = new double[0];

    /** Creates empty scratch. */
    public Scratch() {}

    /** At least {@code size} floats, counted from {@link #START}. */
    public float[] floats(int size) {
        if (floats.length - START < size) {
            floats = new float[Math.addExact(START, size)];
        }
        return floats;
    }

    /**
     * The same as {@link #floats}, in an array so long that a collector with regions aligns it to cache lines: for kernels that are half as fast where their working memory is not aligned.
     */
    public float[] alignedFloats(int size) {
        return floats(Math.max(size, LEAST_ALIGNED));
    }

    /** At least {@code size} floats, counted from {@link #START}, of another array than {@link #floats}: for what an operator keeps while it splits work whose pieces use that. */
    public float[] heldFloats(int size) {
        if (held.length - START < size) {
            held = new float[Math.addExact(START, size)];
        }
        return held;
    }

    /** At least {@code size} bytes. */
    public byte[] bytes(int size) {
        if (bytes.length < size) {
            bytes = new byte[size];
        }
        return bytes;
    }

    /** At least {@code size} shorts. */
    public short[] shorts(int size) {
        if (shorts.length < size) {
            shorts = new short[size];
        }
        return shorts;
    }

    /** At least {@code size} ints. */
    public int[] ints(int size) {
        if (ints.length < size) {
            ints = new int[size];
        }
        return ints;
    }

    /** At least {@code size} longs. */
    public long[] longs(int size) {
        if (longs.length < size) {
            longs = new long[size];
        }
        return longs;
    }

    /** The same as {@link #ints}, counted from {@link #START}, in an array so long that a collector with regions aligns it to cache lines. */
    public int[] alignedInts(int size) {
        return ints(Math.max(Math.addExact(START, size), LEAST_ALIGNED));
    }

    /** At least {@code size} doubles. */
    public double[] doubles(int size) {
        if (doubles.length < size) {
            doubles = new double[size];
        }
        return doubles;
    }

    /** The same as {@link #doubles}, counted from {@link #START_OF_DOUBLES}, in an array so long that a collector with regions aligns it to cache lines. */
    public double[] alignedDoubles(int size) {
        return doubles(Math.max(Math.addExact(START_OF_DOUBLES, size), LEAST_ALIGNED / 2));
    }
}
