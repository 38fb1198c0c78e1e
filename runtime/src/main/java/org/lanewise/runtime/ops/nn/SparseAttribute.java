package org.lanewise.runtime.ops.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.runtime.op.NodeSpec;

/** The attribute {@code sparse} of fused operators: the {@link SparseForm} in which constant weights may be kept, in lower case. */
public final class SparseAttribute {
    /** Its name. */
    public static final String NAME = "sparse";

    private SparseAttribute() {}

    /** The form that the node names, or {@code null}. */
    public static @Nullable SparseForm read(NodeSpec spec) {
        if (!spec.has(NAME)) {
            return null;
        }
        String name = spec.stringAttribute(NAME, "");
        try {
            return SparseForm.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw spec.refuse("sparse form '" + name + "' is not known: " + e.getMessage());
        }
    }

    /** How the attribute writes a form. */
    public static String text(SparseForm form) {
        return form.name().toLowerCase(Locale.ROOT);
    }
}
