package org.lanewise.runtime.ops.rnn;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.kernels.rnn.RnnActivation;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The attributes that LSTM, GRU and RNN share.
 *
 * @param reversed per direction, whether it starts at the end of the sequence
 * @param hiddenSize {@code hidden_size}, -1 when it is to be taken from R
 * @param batchFirst {@code layout = 1}: X is (batch, steps, input), Y (batch, steps, directions, hidden), states (batch, directions, hidden)
 * @param clip bound of what activations are applied to; infinite for none
 * @param activations those of the first direction, then those of the second
 */
record RecurrentAttributes(
        List<Boolean> reversed, int hiddenSize, boolean batchFirst, float clip, List<RnnActivation> activations) {

    /** Reads them; {@code defaults} are the activations of one direction. */
    static RecurrentAttributes read(NodeSpec spec, List<RnnActivation> defaults) {
        List<Boolean> reversed = switch (spec.stringAttribute("direction", "forward")) {
            case "forward" -> List.of(false);
            case "reverse" -> List.of(true);
            case "bidirectional" -> List.of(false, true);
            default ->
                throw spec.refuse("direction is '" + spec.stringAttribute("direction", "")
                        + "', expected forward, reverse or bidirectional");
        };
        if (spec.opset() < 7) {
            spec.acknowledge("output_sequence"); // whether Y is computed follows from Y being named
        }
        long hidden = spec.intAttribute("hidden_size", -1);
        if (hidden == 0 || hidden < -1 || hidden > Integer.MAX_VALUE) {
            throw spec.refuse("hidden_size is " + hidden + ", expected at least 1");
        }
        float clip = spec.floatAttribute("clip", Float.POSITIVE_INFINITY);
        if (!(clip > 0)) {
            throw spec.refuse("clip is " + clip + ", expected more than 0");
        }
        return new RecurrentAttributes(
                reversed, (int) hidden, spec.flag("layout", false), clip, activations(spec, defaults, reversed.size()));
    }

    private static List<RnnActivation> activations(NodeSpec spec, List<RnnActivation> defaults, int directions) {
        List<String> names = spec.stringsAttribute("activations");
        float[] alphas = spec.floatsAttribute("activation_alpha");
        float[] betas = spec.floatsAttribute("activation_beta");
        List<RnnActivation> result = new ArrayList<>();
        if (names == null || names.isEmpty()) {
            for (int i = 0; i < directions; i++) {
                result.addAll(defaults);
            }
            return List.copyOf(result);
        }
        int expected = directions * defaults.size();
        // RNN's own default names two functions, whatever the direction
        if (names.size() != expected && !(defaults.size() == 1 && names.size() == 2)) {
            throw spec.refuse("activations names " + names.size() + " functions, expected " + expected);
        }
        int alpha = 0;
        int beta = 0;
        for (String name : names.subList(0, expected)) {
            RnnActivation.Kind kind = kind(spec, name);
            boolean ownAlpha = kind.parameters() >= 1 && alphas != null && alpha < alphas.length;
            boolean ownBeta = kind.parameters() >= 2 && betas != null && beta < betas.length;
            result.add(new RnnActivation(
                    kind,
                    ownAlpha && alphas != null ? alphas[alpha++] : kind.alpha(),
                    ownBeta && betas != null ? betas[beta++] : kind.beta()));
        }
        return List.copyOf(result);
    }

    private static RnnActivation.Kind kind(NodeSpec spec, String name) {
        for (RnnActivation.Kind kind : RnnActivation.Kind.values()) {
            if (kind.onnxName().equalsIgnoreCase(name)) {
                return kind;
            }
        }
        throw spec.refuse("activation '" + name + "' is not known");
    }

    /** Number of directions. */
    int directions() {
        return reversed.size();
    }

    /** Activation {@code i} of a direction. */
    RnnActivation activation(int direction, int i) {
        return activations.get(direction * (activations.size() / directions()) + i);
    }
}
