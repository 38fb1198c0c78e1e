package org.lanewise.kernels;

/**
 * What kernels need to know of the processor beyond the width of its vectors. The JVM does not name the processor; but it sets some of its own options by
 * the vendor, and those can be read.
 */
public final class Processor {
    /** Name of the system property that overrides {@link #SHARED_PORTS}: {@code true}, {@code false} or {@code other} (than what was found out). */
    public static final String SHARED_PORTS_PROPERTY = "lanewise.sharedPorts";

    /**
     * Whether vector multiply-adds share their execution ports with scalar integer instructions, shuffles and integer vectors, as on Intel's processors at 512
     * bits, where an address that an inner loop computes takes the place of a multiply-add. AMD's have ports of their own for these. Kernels of both kinds
     * give the same results within rounding; this only decides which is faster.
     *
     * <p>HotSpot switches {@code UseStoreImmI16} off for Intel only, whose decoders stall at 16-bit constants.
     */
    public static final boolean SHARED_PORTS = sharedPorts(System.getProperty(SHARED_PORTS_PROPERTY));

    private Processor() {}

    private static boolean sharedPorts(String forced) {
        boolean found = Simd.BITS == 512 && HotSpotOptions.isOff("UseStoreImmI16");
        return switch (forced) {
            case null -> found;
            case "true" -> true;
            case "false" -> false;
            case "other" -> !found;
            default ->
                throw new IllegalArgumentException(
                        SHARED_PORTS_PROPERTY + "=" + forced + ": expected true, false or other");
        };
    }
}
