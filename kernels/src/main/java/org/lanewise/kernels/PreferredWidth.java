package org.lanewise.kernels;

import jdk.incubator.vector.VectorShape;

/** Asks the Vector API for its preferred width; apart from {@link Species}, whose own initialization needs the answer. */
final class PreferredWidth {
    private PreferredWidth() {}

    /** The width in bits that the JVM prefers on this CPU, capped at 512. */
    static int bits() {
        return Math.min(512, VectorShape.preferredShape().vectorBitSize());
    }
}
