package org.lanewise.cli;

import org.lanewise.kernels.Simd;
import picocli.CommandLine.IVersionProvider;

/** What {@code lanewise --version} prints: the build, the JVM, and the kernels it chose. */
final class LanewiseVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Lanewise.class.getPackage().getImplementationVersion();
        String kernels = Simd.ENABLED ? Simd.BITS + "-bit vectors" + (Simd.FMA ? " with FMA" : "") : "scalar kernels";
        return new String[] {
            "lanewise " + (version == null ? "(unpackaged)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("os.arch") + ", " + kernels
        };
    }
}
