package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.runtime.op.NodeSpec;

/**
 * How a convolution lies in memory and may be computed: what passes decide, beyond the attributes of ONNX {@code Conv}.
 *
 * @param channelsLast whether X and the output are {@code (N, H, W, C)} or {@code (N, L, C)} instead of {@code (N, C, I1..Ir)}; W is {@code (M, C/group, K1..Kr)} in both
 * @param planarInput whether, with {@code channelsLast}, X is {@code (N, C, H, W)} all the same
 * @param planarOutput whether, with {@code channelsLast}, the output is {@code (N, M, OH, OW)} all the same
 * @param winograd whether Winograd's transforms may be used where they are faster; with X {@code (N, H, W, C)} only
 * @param sparse the form in which weights with zeros may be kept where that is faster, {@code null} for dense ones; they are kept so in any case where X or the output are
 *     planar, which images of some sizes may be
 */
public record ConvForm(
        boolean channelsLast,
        boolean planarInput,
        boolean planarOutput,
        boolean winograd,
        @Nullable SparseForm sparse) {
    /** ONNX's: everything channels first. */
    public static final ConvForm CHANNELS_FIRST = new ConvForm(false, false, false, false, null);

    /** Reads the attributes {@code channels_last}, {@code planar_input}, {@code planar_output} and {@code winograd}, 0 where absent, and {@code sparse}. */
    public static ConvForm read(NodeSpec spec) {
        ConvForm form = new ConvForm(
                spec.flag("channels_last", false),
                spec.flag("planar_input", false),
                spec.flag("planar_output", false),
                spec.flag("winograd", false),
                SparseAttribute.read(spec));
        if (form.planarInput && !form.channelsLast) {
            throw spec.refuse("planar_input is 1, expected channels_last = 1 with it");
        }
        if (form.planarOutput && (!form.channelsLast || form.winograd)) {
            throw spec.refuse("planar_output is 1, expected channels_last = 1 and winograd = 0 with it");
        }
        if (form.winograd && !form.lastInput()) {
            throw spec.refuse("winograd is 1, expected channels_last = 1 and planar_input = 0 with it");
        }
        return form;
    }

    /** Whether the output has its channels last. */
    boolean lastOutput() {
        return channelsLast && !planarOutput;
    }

    /** Whether X has its channels last. */
    boolean lastInput() {
        return channelsLast && !planarInput;
    }
}
