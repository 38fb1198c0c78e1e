package org.lanewise.runtime.ops.contrib;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A hash of each element: of its bytes, little-endian, or of those of its text in UTF-8. {@code com.microsoft.MurmurHash3}-1. Source: A. Appleby, MurmurHash3, the variant of 32 bits for x86 (public domain).
 *
 * @param seed where the hash begins
 * @param positive whether the result is {@code UINT32}, else {@code INT32}
 */
public record MurmurHash3(int seed, boolean positive) implements Operator {
    private static final Set<DataType> HASHED = Set.of(
            DataType.UINT32,
            DataType.INT32,
            DataType.UINT64,
            DataType.INT64,
            DataType.FLOAT,
            DataType.DOUBLE,
            DataType.STRING);
    private static final int FIRST = 0xcc9e2d51;
    private static final int SECOND = 0x1b873593;

    /** From a node. */
    public static MurmurHash3 create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new MurmurHash3((int) spec.intAttribute("seed", 0), spec.flag("positive", true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, HASHED);
        context.output(0, type(), context.inputShape(0));
    }

    private DataType type() {
        return positive ? DataType.UINT32 : DataType.INT32;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        IntTensor y = (IntTensor) context.output(0, type(), x.shape());
        context.parallel(x.size(), 20, (from, to, scratch) -> {
            ByteBuffer bytes = ByteBuffer.wrap(scratch.bytes(Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = from; i < to; i++) {
                y.array()[y.offset() + i] = hash(x, i, bytes);
            }
        });
    }

    private int hash(Tensor x, int i, ByteBuffer bytes) {
        if (x instanceof StringTensor text) {
            byte[] word = text.get(i).getBytes(StandardCharsets.UTF_8);
            return hash(ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN), word.length);
        }
        switch (x.type()) {
            case FLOAT -> bytes.putInt(0, Float.floatToRawIntBits((float) x.getDouble(i)));
            case DOUBLE -> bytes.putLong(0, Double.doubleToRawLongBits(x.getDouble(i)));
            default -> bytes.putLong(0, x.getLong(i)); // of 32 bits the first half counts
        }
        return hash(bytes, x.type().storage().bytes());
    }

    private int hash(ByteBuffer bytes, int length) {
        int hash = seed;
        int whole = length / Integer.BYTES * Integer.BYTES;
        for (int i = 0; i < whole; i += Integer.BYTES) {
            hash = Integer.rotateLeft(hash ^ mixed(bytes.getInt(i)), 13) * 5 + 0xe6546b64;
        }
        int rest = 0;
        for (int i = length - 1; i >= whole; i--) {
            rest = rest << Byte.SIZE | bytes.get(i) & 0xff;
        }
        hash ^= mixed(rest) ^ length; // of no rest 0
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return hash ^ hash >>> 16;
    }

    private static int mixed(int word) {
        return Integer.rotateLeft(word * FIRST, 15) * SECOND;
    }
}
