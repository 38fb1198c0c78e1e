package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.shape.Indices;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Gather} from data of a few bits, {@code y = scale (q - zero)} with a scale and zero point for each block of {@code block} elements along one axis. Inputs data, indices, scales, zero_points. Data of type {@code UINT8} hold 2, 4 or 8 bits an element, the last axis packed, the first element in the lowest bits, and their zero points
 * likewise; without zero points these are {@code 2^(bits - 1)}, and 0 for data of type {@code INT4} and {@code UINT4}. An index that is out of range is an error. {@code com.microsoft.GatherBlockQuantized}-1.
 *
 * @param gatherAxis the axis of data that indices name
 * @param blockAxis the axis of data that is cut into blocks
 * @param block elements of a block
 * @param bits of an element
 */
public record GatherBlockQuantized(long gatherAxis, long blockAxis, int block, int bits)
        implements Operator, ComputesInFloat {
    private static final int SMALLEST_BLOCK = 16;
    private static final Set<DataType> SOURCES = Set.of(DataType.UINT8, DataType.INT4, DataType.UINT4);
    private static final Set<DataType> RESULTS = Set.of(DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);

    /** From a node. */
    public static GatherBlockQuantized create(NodeSpec spec) {
        spec.inputs(3, 4);
        long block = spec.intAttribute("block_size", 128);
        if (block < SMALLEST_BLOCK || Long.bitCount(block) != 1 || block > 1 << 30) {
            throw spec.refuse("block_size is " + block + ", expected a power of two of at least " + SMALLEST_BLOCK);
        }
        long bits = spec.intAttribute("bits", 4);
        if (bits != 2 && bits != 4 && bits != Byte.SIZE) {
            throw spec.refuse("bits is " + bits + ", expected 2, 4 or 8");
        }
        return new GatherBlockQuantized(
                spec.intAttribute("gather_axis", 0), spec.intAttribute("quantize_axis", 1), (int) block, (int) bits);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType source = Types.check(context, 0, SOURCES);
        Types.check(context, 1, Set.of(DataType.INT32, DataType.INT64));
        DataType result = Types.check(context, 2, RESULTS);
        if (PerTensor.has(context, 3)) {
            Types.same(context, 3, 0);
        }
        if (source != DataType.UINT8 && bits != 4) {
            throw new IllegalArgumentException("bits is " + bits + ", expected 4 for data of " + source.onnxName());
        }
        PartialShape data = context.inputShape(0);
        PartialShape indices = context.inputShape(1);
        if (!data.isRanked()) {
            context.output(0, result, PartialShape.unranked());
            return;
        }
        int axis = axis(data.rank(), source);
        if (!indices.isRanked()) {
            context.output(0, result, PartialShape.unranked());
            return;
        }
        long[] dims = new long[data.rank() - 1 + indices.rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i < axis
                    ? data.dim(i)
                    : i < axis + indices.rank() ? indices.dim(i - axis) : data.dim(i - indices.rank() + 1);
        }
        int last = dims.length - 1;
        dims[last] = dims[last] < 0 ? PartialShape.UNKNOWN : dims[last] * perByte(source);
        context.output(0, result, PartialShape.of(dims));
    }

    /** Elements in one element of the tensor. */
    private int perByte(DataType source) {
        return source == DataType.UINT8 ? Byte.SIZE / bits : 1;
    }

    private int axis(int rank, DataType source) {
        int gather = Shape.axis(gatherAxis, rank);
        int blocks = Shape.axis(blockAxis, rank);
        if (source == DataType.UINT8 && (gather != 0 || blocks != rank - 1 || rank < 2)) {
            throw new IllegalArgumentException("gather_axis is " + gatherAxis + " and quantize_axis " + blockAxis
                    + ", expected 0 and the last of at least two axes for data of uint8");
        }
        return gather;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor data = (ByteTensor) context.input(0);
        Tensor indices = context.input(1);
        Tensor zeros = context.inputCount() > 3 ? context.optionalInput(3) : null;
        int rank = data.shape().rank();
        int axis = axis(rank, data.type());
        int[] dims = data.shape().toArray();
        dims[rank - 1] = Math.multiplyExact(dims[rank - 1], perByte(data.type()));
        Shape whole = Shape.of(dims);
        FloatTensor scales = (FloatTensor) context.input(2);
        Blocks blocks = blocks(data, whole, scales, zeros);
        int[] index = Indices.along(indices, whole.dim(axis));
        int[] out = new int[rank - 1 + indices.shape().rank()];
        System.arraycopy(dims, 0, out, 0, axis);
        System.arraycopy(
                indices.shape().toArray(), 0, out, axis, indices.shape().rank());
        System.arraycopy(dims, axis + 1, out, axis + indices.shape().rank(), rank - axis - 1);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(out));
        int run = whole.sizeBetween(axis + 1, rank);
        int lines = whole.sizeBetween(0, axis) * index.length;
        context.kernel("gather-" + bits + "-bits");
        context.parallel(lines, 1 + run, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                // Of few bits there may be more elements than an int counts
                long first = ((long) (i / index.length) * whole.dim(axis) + index[i % index.length]) * run;
                blocks.values(first, run, y.array(), y.offset() + i * run);
            }
        });
    }

    private Blocks blocks(ByteTensor data, Shape whole, FloatTensor scales, @Nullable Tensor zeros) {
        int at = Shape.axis(blockAxis, whole.rank());
        int count = (int) (((long) whole.dim(at) + block - 1) / block);
        Shape expected = whole.with(at, count);
        if (!scales.shape().equals(expected)) {
            throw new IllegalArgumentException(
                    "scales have shape " + scales.shape() + ", expected " + expected + " for " + whole);
        }
        int perByte = perByte(data.type());
        Shape packed = expected.with(at, (count + perByte - 1) / perByte);
        if (zeros != null && !zeros.shape().equals(packed)) {
            throw new IllegalArgumentException("zero_points have shape " + zeros.shape() + ", expected " + packed);
        }
        int width = perByte == 1 ? Byte.SIZE : bits;
        return new Blocks(
                data.array(),
                data.offset(),
                data.type() == DataType.UINT8 ? width : 0,
                scales,
                (ByteTensor) zeros,
                data.type() == DataType.UINT8 ? 1 << bits - 1 : 0,
                whole.dim(at),
                whole.sizeBetween(at + 1, whole.rank()),
                block);
    }

    /**
     * Data seen as (lines, size, inner), cut into blocks along size.
     *
     * @param bits of an element in a byte, or 0 for signed and unsigned elements that have a byte of their own
     * @param zero the zero point where {@code zeros} are absent
     */
    private record Blocks(
            byte[] data,
            int offset,
            int bits,
            FloatTensor scales,
            @Nullable ByteTensor zeros,
            int zero,
            int size,
            int inner,
            int block) {
        /** Writes elements {@code first} to {@code first + n}. */
        void values(long first, int n, float[] y, int at) {
            int count = (size + block - 1) / block;
            for (int done = 0; done < n; ) {
                long element = first + done;
                int line = (int) (element / ((long) size * inner));
                int place = (int) (element / inner % size);
                int column = (int) (element % inner);
                // Elements of one block lie side by side if nothing is behind the axis
                int length = inner == 1 ? Math.min(n - done, Math.min(size, (place / block + 1) * block) - place) : 1;
                int parameter = (line * count + place / block) * inner + column;
                float scale = scales.array()[scales.offset() + parameter];
                int bias = zeros == null ? zero : zero(zeros, line, place / block, count, parameter);
                for (int i = 0; i < length; i++) {
                    y[at + done + i] = (element(data, offset, element + i) - bias) * scale;
                }
                done += length;
            }
        }

        private int zero(ByteTensor given, int line, int b, int count, int parameter) {
            if (bits == 0 || bits == Byte.SIZE) {
                return element(given.array(), given.offset(), parameter);
            }
            // Packed zero points have whole bytes a line
            int perByte = Byte.SIZE / bits;
            int row = (count + perByte - 1) / perByte;
            return element(given.array(), given.offset() + line * row, b);
        }

        private int element(byte[] array, int from, long i) {
            if (bits == 0) {
                return array[from + (int) i];
            }
            int perByte = Byte.SIZE / bits;
            return array[from + (int) (i / perByte)] >> (int) (i % perByte) * bits & (1 << bits) - 1;
        }
    }
}
