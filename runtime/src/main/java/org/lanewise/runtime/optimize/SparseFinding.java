package org.lanewise.runtime.optimize;

import java.util.Locale;
import org.lanewise.kernels.sparse.Sparsity;

/**
 * What the pass {@code sparse-weights} thinks of a weight with zeros.
 *
 * @param node the node that uses it, as messages name it
 * @param output the node's first output
 * @param weight the weight's name
 * @param sparsity its zeros
 * @param form the form that is expected to be fastest among the sparse ones, such as {@code lists}; empty if there is none for this node
 * @param gain how many times as fast as dense that is, 0 if there is none
 * @param size for what the gain is expected, such as {@code 128 rows}, or why there is no form
 * @param chosen whether the sparse form is used where it is faster
 */
public record SparseFinding(
        String node,
        String output,
        String weight,
        Sparsity sparsity,
        String form,
        double gain,
        String size,
        boolean chosen) {

    /** One sentence for the log of the pass. */
    public String reason() {
        String zeros = String.format(Locale.ROOT, "%.0f %% zeros", 100 * sparsity.zeroShare());
        if (sparsity.emptyChannels() > 0) {
            zeros += String.format(
                    Locale.ROOT, " with %d of %d output channels empty", sparsity.emptyChannels(), sparsity.n());
        }
        if (chosen) {
            return String.format(Locale.ROOT, "%s, %s, expected %.1fx dense at %s", zeros, form, gain, size);
        }
        return form.isEmpty()
                ? zeros + ": dense, " + size
                : String.format(
                        Locale.ROOT, "%s: dense is faster (%.2fx expected of %s at %s)", zeros, gain, form, size);
    }
}
