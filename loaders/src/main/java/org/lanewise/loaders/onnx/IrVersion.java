package org.lanewise.loaders.onnx;

import java.util.List;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;

/** Versions of the file format and what came with them. */
final class IrVersion {
    /** The newest version that is understood: a later one may store things in ways this reader would pass over. */
    static final int MAX = 14;
    /** From this version on, the caller may override an initializer that is also a graph input; before, every initializer had to be one. */
    static final int OVERRIDABLE_SINCE = 4;
    /** From this version on, constants may be written without their zeros. */
    static final int SPARSE_SINCE = 6;
    /** From this version on, models name the operator sets they use. */
    static final int OPSETS_SINCE = 3;

    private IrVersion() {}

    /** The oldest version in which {@code graph} can be written. */
    static long needed(Graph graph) {
        long version = OVERRIDABLE_SINCE;
        for (Initializer tensor : graph.initializers().values()) {
            version = Math.max(version, needed(tensor.type()));
        }
        for (Node node : graph.nodes()) {
            for (Attribute attribute : node.attributes().values()) {
                version = Math.max(version, needed(attribute));
            }
        }
        return version;
    }

    private static long needed(Attribute attribute) {
        return switch (attribute) {
            case Attribute.TensorValue tensor -> needed(tensor.value().type());
            case Attribute.GraphValue graph -> needed(graph.value());
            case Attribute.GraphsValue(List<Graph> graphs) ->
                graphs.stream().mapToLong(IrVersion::needed).max().orElse(0);
            case Attribute.TypeValue ignored -> 8;
            case Attribute.TypesValue ignored -> 8;
            default -> 0;
        };
    }

    private static int needed(DataType type) {
        return switch (type) {
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> 9;
            case INT4, UINT4 -> 10;
            case FLOAT4E2M1 -> 11;
            case FLOAT8E8M0 -> 12;
            case INT2, UINT2 -> 13;
            default -> OVERRIDABLE_SINCE;
        };
    }
}
