package org.lanewise.runtime.ops.fused;

import java.util.Locale;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.op.NodeSpec;

/** Reads the activation of a fused operator: {@code activation} (a name of {@link Activation.Kind}), {@code activation_alpha}, {@code activation_beta}. */
public final class ActivationAttributes {
    private ActivationAttributes() {}

    /** The activation of this node; none when it names none. */
    public static Activation read(NodeSpec spec) {
        String name = spec.stringAttribute("activation", "none");
        float alpha = spec.floatAttribute("activation_alpha", 0);
        float beta = spec.floatAttribute("activation_beta", 0);
        try {
            return new Activation(Activation.Kind.valueOf(name.toUpperCase(Locale.ROOT)), alpha, beta);
        } catch (IllegalArgumentException e) {
            throw spec.refuse("activation '" + name + "' is not known: " + e.getMessage());
        }
    }
}
