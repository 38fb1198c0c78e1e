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
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The discrete Fourier transform of lines along an axis, {@code y[k] = sum over t of x[t] exp(-2 pi i k t / n)}, or its inverse with {@code +} and divided by n. The last
 * dimension holds the parts of a complex number: 1 for real, 2 for complex. Lines are cut or filled with zeros to n. ONNX {@code DFT}-17 (axis is an attribute) and -20 (axis is an input).
 *
 * @param axis the axis as an attribute, or the default of the input
 * @param axisInput whether the axis is input 2
 * @param inverse whether to transform back
 * @param onesided whether a spectrum has only its first {@code n / 2 + 1} numbers, because the signal is real
 */
public record DFT(long axis, boolean axisInput, boolean inverse, boolean onesided) implements Operator, Prepacks {
    /** From a node. */
    public static DFT create(NodeSpec spec) {
        boolean input = spec.opset() >= 20;
        spec.inputs(1, input ? 3 : 2);
        long axis = input ? -2 : spec.intAttribute("axis", 1);
        return new DFT(axis, input, spec.flag("inverse", false), spec.flag("onesided", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        PartialShape x = context.inputShape(0);
        if (!x.isRanked()) {
            context.output(0, type, x);
            return;
        }
        if (x.rank() < 2) {
            throw new IllegalArgumentException(
                    "the input has shape " + x + ", expected a signal and a last dimension of 1 or 2");
        }
        checkInput(x.dim(-1));
        PartialShape out = PartialShape.ofRank(x.rank());
        Tensor given = given(context);
        if (given != null || !hasAxis(context)) {
            int at = place(given, x.rank());
            out = x.with(at, outputLength(length(context, x.dim(at))));
        }
        context.output(0, type, out.with(-1, realOutput() ? 1 : 2));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        PartialShape x = context.inputShape(0);
        Tensor given = given(context);
        if (!x.isRanked() || given == null && hasAxis(context)) {
            return null;
        }
        long n = length(context, x.dim(place(given, x.rank())));
        return n < 1 || n > Fft.MAX_LENGTH ? null : new Packed(Fft.of((int) n), Set.of());
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        checkInput(shape.dim(-1));
        int at = place(axisInput && context.inputCount() > 2 ? context.optionalInput(2) : null, shape.rank());
        Tensor length = context.inputCount() > 1 ? context.optionalInput(1) : null;
        int n = (int) (length == null ? defaultLength(shape.dim(at)) : Spectrum.positive(length, "dft_length"));
        int components = realOutput() ? 1 : 2;
        int bins = (int) outputLength(n);
        Tensor y = context.output(0, x.type(), shape.with(at, bins).with(-1, components));
        Fft fft = Spectrum.plan(context.packed(), n);
        int inner = shape.sizeBetween(at + 1, shape.rank() - 1);
        int lines = shape.sizeBetween(0, at) * inner;
        int parts = shape.dim(-1);
        int used = Math.min(shape.dim(at), realOutput() ? n / 2 + 1 : n);
        context.parallel(lines, 20L * n, (from, to, scratch) -> {
            double[] buffer = scratch.doubles(fft.bufferSize());
            for (int line = from; line < to; line++) {
                int in = (line / inner * shape.dim(at) * inner + line % inner) * parts;
                Spectrum.read(x, in, inner * parts, parts, used, buffer, n);
                if (realOutput()) {
                    mirror(buffer, n);
                }
                fft.transform(buffer, inverse);
                int out = (line / inner * bins * inner + line % inner) * components;
                Spectrum.write(buffer, n, y, out, inner * components, components, bins);
            }
        });
    }

    private boolean realOutput() {
        return inverse && onesided;
    }

    /** Fills in the second half of the spectrum of a real signal: the conjugate of the first, backwards. */
    private static void mirror(double[] buffer, int n) {
        buffer[n] = 0; // the imaginary parts of these two cannot come from a real signal
        if (n % 2 == 0) {
            buffer[n + n / 2] = 0;
        }
        for (int k = n / 2 + 1; k < n; k++) {
            buffer[k] = buffer[n - k];
            buffer[n + k] = -buffer[2 * n - k];
        }
    }

    private void checkInput(long last) {
        Spectrum.checkComponents(last);
        if (onesided && last != PartialShape.UNKNOWN && last != (inverse ? 2 : 1)) {
            throw new IllegalArgumentException("the last dimension is " + last + ", expected "
                    + (inverse
                            ? "2: the one-sided spectrum of a real signal is complex"
                            : "1: only a real signal has a one-sided spectrum"));
        }
    }

    private boolean hasAxis(ShapeContext context) {
        return axisInput && context.inputCount() > 2 && context.hasInput(2);
    }

    private @Nullable Tensor given(ShapeContext context) {
        return hasAxis(context) ? context.constant(2) : null;
    }

    private int place(@Nullable Tensor given, int rank) {
        if (given != null && given.size() != 1) {
            throw new IllegalArgumentException("axis is " + given + ", expected one number");
        }
        long value = given == null ? axis : given.scalarLong();
        int at = Shape.axis(value, rank);
        if (at == rank - 1) {
            throw new IllegalArgumentException(
                    "axis " + value + " is the last one, which holds the parts of complex numbers");
        }
        return at;
    }

    private long length(ShapeContext context, long dim) {
        if (context.inputCount() > 1 && context.hasInput(1)) {
            Tensor length = context.constant(1);
            return length == null ? PartialShape.UNKNOWN : Spectrum.positive(length, "dft_length");
        }
        return dim == PartialShape.UNKNOWN ? dim : defaultLength(dim);
    }

    private long defaultLength(long dim) {
        return realOutput() ? 2 * (dim - 1) : dim;
    }

    private long outputLength(long n) {
        return n != PartialShape.UNKNOWN && onesided && !inverse ? n / 2 + 1 : n;
    }
}
