package org.lanewise.kernels;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

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

    /** The bean is asked directly: starting a bean server for it takes ten times as long. */
    private static boolean has(String option, String value) {
        HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (bean == null) {
            return false;
        }
        try {
            return bean.getVMOption(option).getValue().equals(value);
        } catch (IllegalArgumentException noSuchOption) {
            return false;
        }
    }
}
