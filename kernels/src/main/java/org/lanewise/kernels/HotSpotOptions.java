package org.lanewise.kernels;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Asks HotSpot for its options. */
final class HotSpotOptions {
    private HotSpotOptions() {}

    /** Whether a boolean option is on; false on a JVM without it, which is right everywhere, only slower. */
    static boolean isOn(String option) {
        return has(option, "true");
    }

    /** Whether there is such a boolean option and it is off. */
    static boolean isOff(String option) {
        return has(option, "false");
    }

    /** The value of an option that is a number; 0 on a JVM without it. */
    static long number(String option) {
        String value = value(option);
        return value == null ? 0 : Long.parseLong(value);
    }

    private static boolean has(String option, String value) {
        return value.equals(value(option));
    }

    /** The bean is asked directly: starting a bean server for it takes ten times as long. */
    private static @Nullable String value(String option) {
        HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (bean == null) {
            return null;
        }
        try {
            return bean.getVMOption(option).getValue();
        } catch (IllegalArgumentException noSuchOption) {
            return null;
        }
    }
}
