package org.lanewise.runtime.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.OnnxValue;

/** The inputs of a main graph in its order, with the defaults of those that need not be given. */
final class ModelInputs {
    private final String[] names;
    private final @Nullable Initializer[] defaults;

    ModelInputs(Graph graph) {
        names = graph.inputs().stream().map(ValueInfo::name).toArray(String[]::new);
        defaults = new Initializer[names.length];
        for (int i = 0; i < names.length; i++) {
            defaults[i] = graph.initializers().get(names[i]);
        }
    }

    int count() {
        return names.length;
    }

    /** Input {@code i}: what is given or else the default; {@code null} without either. */
    @Nullable
    OnnxValue value(int i, Map<String, ? extends OnnxValue> given) {
        OnnxValue value = given.get(names[i]);
        Initializer fallback = defaults[i];
        return value != null || fallback == null ? value : fallback.tensor();
    }

    /** Whether {@code given} has no other names than the inputs', and a value for each. */
    boolean coverAllOf(Map<String, ? extends OnnxValue> given) {
        int used = 0;
        for (String name : names) {
            used += given.get(name) != null ? 1 : 0;
        }
        return used == given.size();
    }
}
