package org.lanewise.kernels;

import java.util.Locale;

/**
 * What the running JVM and CPU offer, decided once and read as constants by every kernel.
 *
 * <p>The vector width is the widest the hardware prefers, or what the system property {@value #WIDTH_PROPERTY} says: {@code 0} (scalar
 * kernels only), {@code 128}, {@code 256} or {@code 512} bits. On a JVM started without {@code --add-modules jdk.incubator.vector} it is 0 and
 * one warning names the flag. This class must not refer to a type of that module, so that it loads without it.
 */
public final class Simd {
    /** Name of the system property that forces the vector width in bits. */
    public static final String WIDTH_PROPERTY = "lanewise.vectorBits";

    /** Vector width in bits: 0 (scalar kernels), 128, 256 or 512. */
    public static final int BITS = chooseBits();

    /** Whether the Vector API kernels are in use. */
    public static final boolean ENABLED = BITS > 0;

    /** Number of 32-bit lanes in a vector; 1 when the scalar kernels are in use. */
    public static final int LANES = Math.max(1, BITS / 32);

    /**
     * Whether a quarter of a vector is one, too, the narrowest being 64 bits: of bytes, with as many lanes as the whole has 32-bit ones. Asked here and not of the kernels that need it, as those load only where the
     * module is present.
     */
    public static final boolean WIDENS_BYTES = BITS >= 256;

    /** Vector registers that kernels may count on: 32 with 512-bit vectors (AVX-512) and on AArch64, otherwise 16. */
    public static final int REGISTERS =
            BITS == 512 || System.getProperty("os.arch", "").equals("aarch64") ? 32 : 16;

    /** Whether fused multiply-add is an instruction here; without it {@link Math#fma} is emulated, thousands of times slower. */
    public static final boolean FMA = detectFma();

    private Simd() {}

    /** {@code a * b + c}, fused where the hardware fuses it. */
    public static float fma(float a, float b, float c) {
        return FMA ? Math.fma(a, b, c) : a * b + c;
    }

    /** {@code a * b + c}, fused where the hardware fuses it. */
    public static double fma(double a, double b, double c) {
        return FMA ? Math.fma(a, b, c) : a * b + c;
    }

    private static int chooseBits() {
        String forced = System.getProperty(WIDTH_PROPERTY);
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        if (forced != null && forced.equals("0")) {
            return 0;
        }
        if (!present) {
            System.getLogger(Simd.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "Running on scalar kernels: start Java with --add-modules jdk.incubator.vector to use the"
                                    + " vector kernels");
            return 0;
        }
        int preferred = PreferredWidth.bits();
        if (forced == null) {
            return preferred;
        }
        return switch (forced) {
            case "128", "256", "512" -> Integer.parseInt(forced);
            default ->
                throw new IllegalArgumentException(WIDTH_PROPERTY + "=" + forced + ": expected 0, 128, 256 or 512");
        };
    }

    private static boolean detectFma() {
        if (!System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).matches("amd64|x86_64")) {
            return true; // AArch64 always has it
        }
        return HotSpotOptions.isOn("UseFMA");
    }
}
