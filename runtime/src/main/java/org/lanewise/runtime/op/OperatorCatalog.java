package org.lanewise.runtime.op;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.ops.fused.FusedConv;
import org.lanewise.runtime.ops.fused.FusedMatMul;
import org.lanewise.runtime.ops.fused.NhwcAveragePool;
import org.lanewise.runtime.ops.fused.NhwcGlobalAveragePool;
import org.lanewise.runtime.ops.fused.NhwcGlobalMaxPool;
import org.lanewise.runtime.ops.fused.NhwcMaxPool;
import org.lanewise.runtime.ops.nn.AveragePool;
import org.lanewise.runtime.ops.nn.Conv;
import org.lanewise.runtime.ops.nn.Gemm;
import org.lanewise.runtime.ops.nn.GlobalAveragePool;
import org.lanewise.runtime.ops.nn.GlobalLpPool;
import org.lanewise.runtime.ops.nn.GlobalMaxPool;
import org.lanewise.runtime.ops.nn.LpPool;
import org.lanewise.runtime.ops.nn.MatMul;
import org.lanewise.runtime.ops.nn.MaxPool;
import org.lanewise.runtime.ops.nn.MaxUnpool;
import org.lanewise.runtime.ops.shape.Concat;
import org.lanewise.runtime.ops.shape.Constant;
import org.lanewise.runtime.ops.shape.ConstantOfShape;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.ops.shape.Flatten;
import org.lanewise.runtime.ops.shape.Identity;
import org.lanewise.runtime.ops.shape.Reshape;
import org.lanewise.runtime.ops.shape.ShapeOf;
import org.lanewise.runtime.ops.shape.Size;
import org.lanewise.runtime.ops.shape.Slice;
import org.lanewise.runtime.ops.shape.Split;
import org.lanewise.runtime.ops.shape.Squeeze;
import org.lanewise.runtime.ops.shape.Tile;
import org.lanewise.runtime.ops.shape.Transpose;
import org.lanewise.runtime.ops.shape.Unsqueeze;

/**
 * Every operator there is, one line each in alphabetical order. A line names the first opset version in which the operator exists.
 */
public final class OperatorCatalog {
    /** Highest version of the ONNX operator set that is understood. */
    public static final int MAX_OPSET = 27;

    private static final NavigableMap<String, Entry> ENTRIES = entries();

    private record Entry(int since, OperatorFactory factory) {}

    private OperatorCatalog() {}

    /**
     * The operator of {@code node}.
     *
     * @throws UnsupportedModelException if there is none, the opset is too new, or the node asks for something the operator does not support
     */
    public static Operator create(Node node) {
        String reason = missing(node);
        if (reason != null) {
            throw new UnsupportedModelException(node.path() + ": " + reason);
        }
        Entry entry = Objects.requireNonNull(ENTRIES.get(key(node.domain(), node.opType())));
        NodeSpec spec = new NodeSpec(node);
        Operator operator = entry.factory.create(spec);
        spec.audit();
        return operator;
    }

    /** Why there is no operator for {@code node}, or {@code null} if there is one. */
    public static @Nullable String missing(Node node) {
        if (node.domain().isEmpty() && node.opset() > MAX_OPSET) {
            return "opset " + node.opset() + " is newer than " + MAX_OPSET + ", the newest that is supported";
        }
        Entry entry = ENTRIES.get(key(node.domain(), node.opType()));
        if (entry == null) {
            return "operator " + node.opType() + " of domain " + (node.domain().isEmpty() ? "ai.onnx" : node.domain())
                    + " (opset " + node.opset() + ") is not supported";
        }
        return node.opset() < entry.since
                ? "operator " + node.opType() + " exists since opset " + entry.since + ", the node is of opset "
                        + node.opset()
                : null;
    }

    /** The operators by name, {@code domain.Name} outside the ONNX domain, with the opset version each exists since. */
    public static Map<String, Integer> operators() {
        Map<String, Integer> names = new TreeMap<>();
        ENTRIES.forEach((name, entry) -> names.put(name, entry.since));
        return names;
    }

    private static String key(String domain, String opType) {
        return domain.isEmpty() ? opType : domain + "." + opType;
    }

    // One operator a line: lists stay readable and merges stay trivial.
    private static NavigableMap<String, Entry> entries() {
        NavigableMap<String, Entry> map = new TreeMap<>();
        add(map, "AveragePool", 1, AveragePool::create);
        add(map, "Concat", 1, Concat::create);
        add(map, "Constant", 1, Constant::create);
        add(map, "ConstantOfShape", 9, ConstantOfShape::create);
        add(map, "Conv", 1, Conv::create);
        add(map, "Expand", 8, Expand::create);
        add(map, "Flatten", 1, Flatten::create);
        add(map, "Gemm", 1, Gemm::create);
        add(map, "GlobalAveragePool", 1, GlobalAveragePool::create);
        add(map, "GlobalLpPool", 1, GlobalLpPool::create);
        add(map, "GlobalMaxPool", 1, GlobalMaxPool::create);
        add(map, "Identity", 1, Identity::create);
        add(map, "LpPool", 1, LpPool::create);
        add(map, "MatMul", 1, MatMul::create);
        add(map, "MaxPool", 1, MaxPool::create);
        add(map, "MaxUnpool", 9, MaxUnpool::create);
        add(map, "Reshape", 1, Reshape::create);
        add(map, "Shape", 1, ShapeOf::create);
        add(map, "Size", 1, Size::create);
        add(map, "Slice", 1, Slice::create);
        add(map, "Split", 1, Split::create);
        add(map, "Squeeze", 1, Squeeze::create);
        add(map, "Tile", 1, Tile::create);
        add(map, "Transpose", 1, Transpose::create);
        add(map, "Unsqueeze", 1, Unsqueeze::create);
        add(map, "org.lanewise.AveragePool", 1, NhwcAveragePool::create);
        add(map, "org.lanewise.Conv", 1, FusedConv::create);
        add(map, "org.lanewise.GlobalAveragePool", 1, NhwcGlobalAveragePool::create);
        add(map, "org.lanewise.GlobalMaxPool", 1, NhwcGlobalMaxPool::create);
        add(map, "org.lanewise.MatMul", 1, FusedMatMul::create);
        add(map, "org.lanewise.MaxPool", 1, NhwcMaxPool::create);
        return map;
    }

    private static void add(NavigableMap<String, Entry> map, String name, int since, OperatorFactory factory) {
        if (map.put(name, new Entry(since, factory)) != null) {
            throw new IllegalStateException("operator " + name + " is listed twice");
        }
    }
}
