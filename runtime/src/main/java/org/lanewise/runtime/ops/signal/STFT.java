package org.lanewise.runtime.ops.signal;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.signal.Fft;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The Fourier transforms of overlapping frames of a signal (N, L, 1 or 2), each multiplied by a window: (N, frames, bins, 2) with {@code frames = 1 + (L - frame length) / frame step}.
 * The frame length is input 3, else the size of the window, else L. ONNX {@code STFT}-17.
 *
 * @param onesided whether only the first {@code frame length / 2 + 1} bins are wanted, because the signal is real
 */
public record STFT(boolean onesided) implements Operator, Prepacks {
    /** From a node. */
    public static STFT create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new STFT(spec.flag("onesided", true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        if (has(context, 2)) {
            Types.same(context, 2, 0);
        }
        PartialShape x = context.inputShape(0);
        if (x.isRanked()) {
            checkSignal(x);
        }
        long n = frameLength(context);
        Tensor step = context.constant(1);
        long length = x.isRanked() ? x.dim(1) : PartialShape.UNKNOWN;
        long frames = n < 0 || step == null || length < 0
                ? PartialShape.UNKNOWN
                : frames(length, n, Spectrum.positive(step, "frame_step"));
        context.output(
                0,
                type,
                PartialShape.of(x.isRanked() ? x.dim(0) : PartialShape.UNKNOWN, frames, n < 0 ? n : bins(n), 2));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        long n = frameLength(context);
        return n < 1 || n > Fft.MAX_LENGTH ? null : new Packed(Fft.of((int) n), Set.of());
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        checkSignal(PartialShape.of(x.shape()));
        int length = x.shape().dim(1);
        int parts = x.shape().rank() == 2 ? 1 : x.shape().dim(2);
        int step = Spectrum.positive(context.input(1), "frame_step");
        Tensor window = context.inputCount() > 2 ? context.optionalInput(2) : null;
        Tensor given = context.inputCount() > 3 ? context.optionalInput(3) : null;
        int n = given != null ? Spectrum.positive(given, "frame_length") : window != null ? window.size() : length;
        checkWindow(window == null ? n : window.size(), n);
        int frames = (int) frames(length, n, step);
        int bins = (int) bins(n);
        Tensor y = context.output(0, x.type(), Shape.of(x.shape().dim(0), frames, bins, 2));
        Fft fft = Spectrum.plan(context.packed(), n);
        double[] weights = new double[window == null ? 0 : n];
        if (window != null) {
            Elements.read(window, 0, 1, weights, n);
        }
        context.parallel(x.shape().dim(0) * frames, 20L * n, (from, to, scratch) -> {
            double[] buffer = scratch.doubles(fft.bufferSize());
            for (int frame = from; frame < to; frame++) {
                int at = (frame / frames * length + frame % frames * step) * parts;
                Spectrum.read(x, at, parts, parts, n, buffer, n);
                for (int i = 0; i < weights.length; i++) {
                    buffer[i] *= weights[i];
                    buffer[n + i] *= weights[i];
                }
                fft.transform(buffer, false);
                Spectrum.write(buffer, n, y, frame * bins * 2, 2, 2, bins);
            }
        });
    }

    private void checkSignal(PartialShape x) {
        if (x.rank() != 2 && x.rank() != 3) {
            throw new IllegalArgumentException("signal has shape " + x + ", expected [N,L,1] or [N,L,2]");
        }
        long last = x.rank() == 2 ? 1 : x.dim(2);
        Spectrum.checkComponents(last);
        if (onesided && last == 2) {
            throw new IllegalArgumentException(
                    "signal has shape " + x + ": the spectrum of a complex signal is not one-sided");
        }
    }

    private static void checkWindow(long window, long n) {
        if (window != n) {
            throw new IllegalArgumentException("window has " + window + " elements, expected the frame length " + n);
        }
    }

    private static long frames(long length, long n, long step) {
        if (n > length) {
            throw new IllegalArgumentException(
                    "the frame length is " + n + ", the signal has only " + length + " samples");
        }
        return 1 + (length - n) / step;
    }

    private long bins(long n) {
        return onesided ? n / 2 + 1 : n;
    }

    private static boolean has(ShapeContext context, int i) {
        return context.inputCount() > i && context.hasInput(i);
    }

    private static long frameLength(ShapeContext context) {
        PartialShape window = has(context, 2) ? context.inputShape(2) : PartialShape.unranked();
        if (window.isRanked() && window.rank() != 1) {
            throw new IllegalArgumentException("window has shape " + window + ", expected [frame length]");
        }
        if (has(context, 3)) {
            Tensor given = context.constant(3);
            long n = given == null ? PartialShape.UNKNOWN : Spectrum.positive(given, "frame_length");
            if (n > 0 && window.isKnown()) {
                checkWindow(window.dim(0), n);
            }
            return n;
        }
        if (has(context, 2)) {
            return window.dim(0);
        }
        PartialShape x = context.inputShape(0);
        return x.isRanked() ? x.dim(1) : PartialShape.UNKNOWN;
    }
}
