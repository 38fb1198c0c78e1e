package org.lanewise.runtime.ops.fused;

import java.util.ArrayList;
import java.util.List;
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
        return of(spec, name, alpha, beta);
    }

    /** The activations of a node that has {@code count} of each attribute. */
    static List<Activation> readEach(NodeSpec spec, int count) {
        List<String> names = spec.stringsAttribute("activation");
        float[] alpha = spec.floatsAttribute("activation_alpha");
        float[] beta = spec.floatsAttribute("activation_beta");
        if (names == null
                || alpha == null
                || beta == null
                || names.size() != count
                || alpha.length != count
                || beta.length != count) {
            throw spec.refuse("activation, activation_alpha and activation_beta: expected " + count + " values each");
        }
        List<Activation> activations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            activations.add(of(spec, names.get(i), alpha[i], beta[i]));
        }
        return activations;
    }

    private static Activation of(NodeSpec spec, String name, float alpha, float beta) {
        try {
            return new Activation(Activation.Kind.valueOf(name.toUpperCase(Locale.ROOT)), alpha, beta);
        } catch (IllegalArgumentException e) {
            throw spec.refuse("activation '" + name + "' is not known: " + e.getMessage());
        }
    }
}
