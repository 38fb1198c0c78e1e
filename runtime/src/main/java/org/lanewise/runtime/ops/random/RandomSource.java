package org.lanewise.runtime.ops.random;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.shape.Numbers;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** What the random operators share: the seed, the element type and the shape. */
final class RandomSource {
    private RandomSource() {}

    /** Attribute {@code seed}, or {@code null}. */
    static @Nullable Float seed(NodeSpec spec) {
        return spec.has("seed") ? spec.floatAttribute("seed", 0) : null;
    }

    /** Attribute {@code dtype}, {@code fallback} when not given. */
    static @Nullable DataType type(NodeSpec spec, @Nullable DataType fallback) {
        if (!spec.has("dtype")) {
            return fallback;
        }
        long code = spec.intAttribute("dtype", 0);
        DataType type = DataType.ofCode((int) Math.clamp(code, 0, Integer.MAX_VALUE));
        if (type == null || !Numbers.isWritable(type)) {
            throw spec.refuse("dtype " + (type == null ? code : type.onnxName()) + " is not supported");
        }
        return type;
    }

    /** Attribute {@code shape}, which must be given. */
    static Shape shape(NodeSpec spec) {
        long[] dims = spec.intsAttribute("shape");
        if (dims == null) {
            throw spec.refuse("required attribute 'shape' is missing");
        }
        return Shape.of(dims);
    }

    /** Fails unless {@code type} is a floating type of at least 16 bits. */
    static DataType floating(DataType type) {
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> type;
            default ->
                throw new IllegalArgumentException(
                        "random numbers of type " + type.onnxName() + ", expected a floating type");
        };
    }

    /** The same numbers in every run when there is a seed, else others. */
    static SplittableRandom generator(@Nullable Float seed) {
        return seed == null ? new SplittableRandom() : new SplittableRandom(Float.floatToIntBits(seed));
    }

    /** Fills a tensor in row-major order. */
    static void fill(Tensor out, DoubleSupplier next) {
        for (int i = 0; i < out.size(); i++) {
            Numbers.set(out, i, next.getAsDouble());
        }
    }
}
