package org.lanewise.runtime.ops.cast;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.MiniFloat;
import org.lanewise.runtime.tensor.MiniFloat.ScaleRounding;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * How elements of one type become elements of another, by ONNX's rules for {@code Cast}: floating to integer cut towards zero, integer to narrower integer by the
 * low bits, anything but zero to {@code BOOL} true, to floating types rounded to nearest even.
 *
 * @param saturate whether what is too large for a {@code FLOAT8*} type becomes its largest value
 * @param scaleRounding how {@code FLOAT8E8M0} is rounded
 */
public record Conversion(boolean saturate, ScaleRounding scaleRounding) {
    /** Reads the attributes that say how. */
    static Conversion read(NodeSpec spec) {
        boolean saturate = spec.opset() < 19 || spec.flag("saturate", true);
        String mode = spec.opset() < 24 ? "up" : spec.stringAttribute("round_mode", "up");
        return new Conversion(
                saturate,
                switch (mode) {
                    case "up" -> ScaleRounding.UP;
                    case "down" -> ScaleRounding.DOWN;
                    case "nearest" -> ScaleRounding.NEAREST;
                    default ->
                        throw spec.refuse("attribute 'round_mode' is '" + mode + "', expected up, down or nearest");
                });
    }

    /** Fails for types that cannot be converted. */
    static void check(ShapeContext context, int i) {
        DataType type = context.inputType(i);
        if (type == DataType.COMPLEX64 || type == DataType.COMPLEX128) {
            throw new IllegalArgumentException("input " + i + " is " + type.onnxName() + ", which is not supported");
        }
    }

    /** Converts {@code in} to output 0 as {@code type}. */
    void run(OpContext context, Tensor in, DataType type) {
        Tensor out = context.output(0, type, in.shape());
        if (in.type() == type) {
            Moves.all(context, in, out);
            return;
        }
        int picos = in instanceof StringTensor || out instanceof StringTensor ? 100_000 : 2000;
        Blocks.run(context, in.size(), picos, (from, to, scratch) -> convert(in, out, from, to, scratch));
    }

    /** Converts the elements {@code from} (inclusive) to {@code to} (exclusive). */
    private void convert(Tensor in, Tensor out, int from, int to, Scratch scratch) {
        if (in instanceof StringTensor strings) {
            parse(strings, out, from, to, scratch);
        } else if (out instanceof StringTensor strings) {
            for (int i = from; i < to; i++) {
                strings.array()[strings.offset() + i] = Text.of(in, i);
            }
        } else if (!fast(in, out, from, to)) {
            for (int at = from; at < to; at += Elements.RUN) {
                run(in, out, at, Math.min(Elements.RUN, to - at), scratch);
            }
        }
    }

    private void run(Tensor in, Tensor out, int at, int n, Scratch scratch) {
        boolean integers = !in.type().isFloating();
        if (integers && !out.type().isFloating()) {
            long[] values = scratch.longs(Elements.RUN);
            Elements.read(in, at, 1, values, n);
            Elements.write(values, out, at, n);
            return;
        }
        double[] values = scratch.doubles(Elements.RUN);
        Elements.read(in, at, 1, values, n);
        if (out.type() == DataType.FLOAT && in.type() == DataType.UINT64) {
            toFloat((LongTensor) in, (FloatTensor) out, at, n);
        } else if (out.type().isFloating() && out instanceof ByteTensor y) {
            for (int i = 0; i < n; i++) {
                float value = MiniFloat.oddFloat(values[i]);
                y.array()[y.offset() + at + i] = out.type() == DataType.FLOAT8E8M0
                        ? MiniFloat.encodeScale(value, saturate, scaleRounding)
                        : MiniFloat.encode(out.type(), value, saturate);
            }
        } else {
            Elements.write(values, out, at, n);
        }
    }

    /** {@code UINT64} to {@code FLOAT}, rounded once. */
    private static void toFloat(LongTensor in, FloatTensor out, int at, int n) {
        for (int i = at; i < at + n; i++) {
            long bits = in.get(i);
            out.array()[out.offset() + i] =
                    bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2f; // the lost bit is kept sticky
        }
    }

    /** The conversions that models have on large tensors, as loops that vectorize. */
    private static boolean fast(Tensor in, Tensor out, int from, int to) {
        int n = to - from;
        int xo = in.offset() + from;
        int yo = out.offset() + from;
        DataType a = in.type();
        switch (out.type()) {
            case FLOAT -> {
                float[] y = ((FloatTensor) out).array();
                if (a == DataType.INT64) {
                    long[] x = ((LongTensor) in).array();
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = x[xo + i];
                    }
                } else if (a == DataType.INT32) {
                    int[] x = ((IntTensor) in).array();
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = x[xo + i];
                    }
                } else if (a == DataType.FLOAT16) {
                    short[] x = ((ShortTensor) in).array();
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = Float.float16ToFloat(x[xo + i]);
                    }
                } else if (a == DataType.BFLOAT16) {
                    short[] x = ((ShortTensor) in).array();
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = Float.intBitsToFloat(x[xo + i] << 16);
                    }
                } else if (a == DataType.UINT8 || a == DataType.INT8 || a == DataType.BOOL) {
                    byte[] x = ((ByteTensor) in).array();
                    int mask = a == DataType.UINT8 ? 0xff : -1;
                    for (int i = 0; i < n; i++) {
                        y[yo + i] = x[xo + i] & mask;
                    }
                } else {
                    return false;
                }
            }
            case FLOAT16 -> {
                if (a != DataType.FLOAT) {
                    return false;
                }
                float[] x = ((FloatTensor) in).array();
                short[] y = ((ShortTensor) out).array();
                for (int i = 0; i < n; i++) {
                    y[yo + i] = Float.floatToFloat16(x[xo + i]);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void parse(StringTensor in, Tensor out, int from, int to, Scratch scratch) {
        for (int i = from; i < to; i++) {
            String text = in.array()[in.offset() + i];
            if (out instanceof FloatTensor y) {
                y.array()[y.offset() + i] = Text.parseFloat(text);
            } else if (out.type() == DataType.BOOL) {
                boolean value =
                        text.equalsIgnoreCase("true") || !text.equalsIgnoreCase("false") && Text.parseDouble(text) != 0;
                ((ByteTensor) out).array()[out.offset() + i] = (byte) (value ? 1 : 0);
            } else if (out.type().isInteger()) {
                Elements.write(new long[] {Text.parseLong(text)}, out, i, 1);
            } else {
                Tensor value = Tensor.of(new double[] {Text.parseDouble(text)});
                Tensor single = out.slice(i, value.shape());
                if (out.type() == DataType.DOUBLE) {
                    single.copyFrom(0, value, 0, 1);
                } else {
                    run(value, single, 0, 1, scratch);
                }
            }
        }
    }
}
