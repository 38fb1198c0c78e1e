package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets a {@code MatMul} or {@code Gemm} with a constant matrix that a blocked {@code DequantizeLinear} makes of 4 or 8 bits run on these bits, as {@code com.microsoft.MatMulNBits}: folded to fp32 the matrix would
 * take four or eight times the memory.
 */
public final class BlockwiseWeights implements Pass {
    private static final Set<DataType> TYPES = Set.of(DataType.INT4, DataType.UINT4, DataType.INT8, DataType.UINT8);
    private static final int LEAST_BLOCK = 16;

    @Override
    public String name() {
        return "blockwise-weights";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Node dequantize = node.is("MatMul") || node.is("Gemm") ? editor.producer(node.input(1)) : null;
            if (dequantize != null
                    && dequantize.is("DequantizeLinear")
                    && dequantize.intAttribute("block_size", 0) > 0
                    && editor.isConstant(dequantize.input(0))) {
                String refusal = fuse(editor, types, node, dequantize);
                if (refusal != null) {
                    editor.refuse(node, refusal);
                }
            }
        });
    }

    /** Fuses, or says why not. */
    private static @Nullable String fuse(GraphEditor editor, Inference types, Node node, Node dequantize) {
        Tensor q = editor.constant(dequantize.input(0));
        Tensor scales = editor.constant(dequantize.input(1));
        String zeroName = dequantize.input(2);
        Tensor zeros = zeroName.isEmpty() ? null : editor.constant(zeroName);
        if (q == null || scales == null || zeros == null && !zeroName.isEmpty()) {
            return "the scales or zero points of its weights are not constant";
        }
        if (!TYPES.contains(q.type())
                || scales.type() != DataType.FLOAT
                || types.elementType(node.input(0)) != DataType.FLOAT
                || types.elementType(node.input(1)) != DataType.FLOAT) {
            return "its weights are " + q.type() + " with scales of " + scales.type()
                    + ", expected 4 or 8 bits in FLOAT";
        }
        if (q.shape().rank() != 2 || types.shape(node.input(0)).rank() < 1) {
            return "it is no product with one matrix";
        }
        if (node.intAttribute("transA", 0) != 0
                || node.floatAttribute("alpha", 1) != 1
                || node.floatAttribute("beta", 1) != 1) {
            return "its A is transposed, or its alpha or beta is not 1";
        }
        boolean transposed = node.intAttribute("transB", 0) != 0;
        int columns = transposed ? 0 : 1;
        long size = dequantize.intAttribute("block_size", 0);
        if (q.shape().axis(dequantize.intAttribute("axis", 1)) == columns) {
            return "its weights have blocks along their columns";
        }
        if (size < LEAST_BLOCK || Long.bitCount(size) != 1 || size > 1 << 30) {
            return "its blocks have " + size + " weights, expected a power of two from " + LEAST_BLOCK + " on";
        }
        int n = q.shape().dim(columns);
        int k = q.shape().dim(1 - columns);
        String bias = node.input(2);
        if (k == 0 || n == 0 || !bias.isEmpty() && !QuantizedNodes.isVector(editor.constant(bias), n)) {
            return "its C is not a constant vector of columns";
        }
        Blocks blocks = new Blocks(q, transposed, k, n, (int) size);
        if (scales.size() != n * blocks.count() || zeros != null && zeros.size() != scales.size()) {
            return "its scales do not fit its weights";
        }
        String hint = dequantize.input(0);
        List<String> inputs = new ArrayList<>(List.of(
                node.input(0),
                editor.addConstant(hint + "_packed", blocks.packed()),
                editor.addConstant(hint + "_scales", blocks.parameters(scales, 0)),
                zeros == null && blocks.signed()
                        ? ""
                        : editor.addConstant(hint + "_zeros", blocks.parameters(zeros, blocks.centre()))));
        Map<String, Attribute> attributes = Map.of(
                "K", new Attribute.IntValue(k),
                "N", new Attribute.IntValue(n),
                "bits", new Attribute.IntValue(blocks.bits()),
                "block_size", new Attribute.IntValue(size));
        Node fused =
                new Node(node.name(), "com.microsoft", "MatMulNBits", 1, inputs, List.of(node.output(0)), attributes);
        if (!bias.isEmpty()) {
            Tensor c = editor.constant(bias);
            String vector = c == null || c.shape().rank() == 1
                    ? bias
                    : editor.addConstant(bias + "_vector", c.reshape(Shape.of(n)));
            fused = QuantizedNodes.withInput(fused, 5, vector);
        }
        editor.fuse(node, node, List.of(fused), "runs on weights of " + blocks.bits() + " bits in blocks of " + size);
        return null;
    }

    /**
     * A matrix in blocks along K.
     *
     * @param q (K, N), or (N, K) where {@code transposed}
     */
    private record Blocks(Tensor q, boolean transposed, int k, int n, int size) {
        int bits() {
            return q.type().bits();
        }

        boolean signed() {
            return q.type() == DataType.INT4 || q.type() == DataType.INT8;
        }

        /** What makes a signed value one from 0 on. */
        int centre() {
            return signed() ? 1 << (bits() - 1) : 0;
        }

        int count() {
            return Math.ceilDiv(k, size);
        }

        /** As {@code MatMulNBits} has it, (N, blocks, bytes). */
        Tensor packed() {
            int bytes = Math.multiplyExact(size, bits()) / Byte.SIZE;
            byte[] packed = new byte[Math.multiplyExact(Math.multiplyExact(n, count()), bytes)];
            byte[] values = ((ByteTensor) q).array();
            int mask = (1 << bits()) - 1;
            for (int column = 0; column < n; column++) {
                for (int row = 0; row < k; row++) {
                    int at = q.offset() + (transposed ? column * k + row : row * n + column);
                    int value = values[at] + centre() & mask;
                    int bit = row % size * bits();
                    int to = (column * count() + row / size) * bytes + bit / Byte.SIZE;
                    packed[to] |= (byte) (value << bit % Byte.SIZE);
                }
            }
            return Tensor.wrap(DataType.UINT8, Shape.of(n, count(), bytes), packed, 0);
        }

        /** Scales or zero points as (N, blocks), {@code addend} added; zeros for {@code null}. */
        Tensor parameters(@Nullable Tensor values, int addend) {
            float[] result = new float[n * count()];
            for (int i = 0; i < result.length; i++) {
                int at = transposed ? i : i % count() * n + i / count();
                result[i] = (values == null ? 0 : (float) values.getDouble(at)) + addend;
            }
            return Tensor.of(result, n, count());
        }
    }
}
