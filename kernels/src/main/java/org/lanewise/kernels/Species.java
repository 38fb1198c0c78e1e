package org.lanewise.kernels;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes of this process, one per element type, all {@link Simd#BITS} wide.
 *
 * <p>Only classes that run when {@link Simd#ENABLED} may touch this class: it does not load without {@code jdk.incubator.vector}.
 */
public final class Species {
    private static final VectorShape SHAPE = VectorShape.forBitSize(Math.max(128, Simd.BITS));

    /** {@code float} lanes. */
    public static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, SHAPE);

    /** {@code double} lanes. */
    public static final VectorSpecies<Double> F64 = VectorSpecies.of(double.class, SHAPE);

    /** {@code int} lanes. */
    public static final VectorSpecies<Integer> I32 = VectorSpecies.of(int.class, SHAPE);

    /** {@code long} lanes. */
    public static final VectorSpecies<Long> I64 = VectorSpecies.of(long.class, SHAPE);

    /** {@code short} lanes. */
    public static final VectorSpecies<Short> I16 = VectorSpecies.of(short.class, SHAPE);

    /** {@code byte} lanes. */
    public static final VectorSpecies<Byte> I8 = VectorSpecies.of(byte.class, SHAPE);

    private Species() {}
}
