package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.layout.Blocks;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** What a scattering operator does with an update and the element it meets. */
public enum ScatterReduction {
    /** The update replaces the element. */
    NONE,
    /** Their sum. */
    ADD,
    /** Their product. */
    MUL,
    /** The larger one. */
    MAX,
    /** The smaller one. */
    MIN;

    /** Reads attribute {@code reduction}: {@code add} and {@code mul} exist since opset 16, {@code max} and {@code min} since 18. */
    static ScatterReduction read(NodeSpec spec) {
        if (spec.opset() < 16) {
            return NONE;
        }
        String name = spec.stringAttribute("reduction", "none");
        return switch (name) {
            case "none" -> NONE;
            case "add" -> ADD;
            case "mul" -> MUL;
            case "max" -> MAX;
            case "min" -> MIN;
            default -> throw spec.refuse("reduction '" + name + "' is not known");
        };
    }

    /** Fails when this reduction is not defined for elements of {@code type}. */
    void expectType(DataType type) {
        if (this != NONE) {
            Numbers.expectWritable(type, "reduction " + name().toLowerCase(java.util.Locale.ROOT) + " of elements");
        }
    }

    /** Applies block {@code k} of {@code updates} to the block of {@code out} that starts at {@code at[k]}, in the order of k. */
    void apply(Tensor updates, Tensor out, int[] at, int block) {
        if (this == NONE) {
            Blocks.scatter(
                    updates.storage(), updates.offset(), out.storage(), out.offset(), at, 1, 0, at.length, block);
            return;
        }
        if (updates instanceof FloatTensor u && out instanceof FloatTensor o && this == ADD) {
            addFloats(u.array(), u.offset(), o.array(), o.offset(), at, block);
            return;
        }
        for (int k = 0; k < at.length; k++) {
            for (int i = 0; i < block; i++) {
                combine(out, at[k] + i, updates, k * block + i);
            }
        }
    }

    private static void addFloats(float[] updates, int from, float[] out, int to, int[] at, int block) {
        for (int k = 0; k < at.length; k++) {
            int u = from + k * block;
            int o = to + at[k];
            for (int i = 0; i < block; i++) {
                out[o + i] += updates[u + i];
            }
        }
    }

    private void combine(Tensor out, int at, Tensor updates, int i) {
        DataType type = out.type();
        if (type.isFloating()) {
            double a = out.getDouble(at);
            double b = updates.getDouble(i);
            // A sum or product of two floats in double precision rounds to the same float as in single.
            Numbers.set(
                    out,
                    at,
                    switch (this) {
                        case NONE -> b;
                        case ADD -> a + b;
                        case MUL -> a * b;
                        case MAX -> Math.max(a, b);
                        case MIN -> Math.min(a, b);
                    });
            return;
        }
        long a = out.getLong(at);
        long b = updates.getLong(i);
        boolean less = type == DataType.UINT64 ? Long.compareUnsigned(a, b) < 0 : a < b;
        Numbers.setLong(
                out,
                at,
                switch (this) {
                    case NONE -> b;
                    case ADD -> a + b; // for bool: or
                    case MUL -> a * b;
                    case MAX -> less ? b : a;
                    case MIN -> less ? a : b;
                });
    }
}
