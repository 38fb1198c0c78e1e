package org.lanewise.loaders.onnx;

import java.util.Map;
import org.lanewise.runtime.GraphException;

/**
 * What nodes need to know of the model or function they are in.
 *
 * @param opsets imported operator sets by domain
 * @param functions the functions of the model
 * @param nodes the nodes read so far, shared by everything in one model
 * @param overridable whether an initializer that is also a graph input is a default the caller may override: from IR version 4 on
 */
record GraphContext(Map<String, Integer> opsets, FunctionNames functions, NodeCount nodes, boolean overridable) {
    /** Names of the model's functions. */
    interface FunctionNames {
        boolean contains(String domain, String opType);
    }

    /** Counts nodes. */
    static final class NodeCount {
        private int count;

        /** One more. */
        void add(ProtoReader at) {
            if (++count > Limits.NODES) {
                throw at.fail("more than " + Limits.NODES + " nodes");
            }
        }
    }

    /** For a subgraph. */
    GraphContext nested() {
        return this;
    }

    /** The version of the operator set of {@code domain}. */
    int opset(String domain, String opType, String label) {
        Integer version = opsets.get(domain);
        if (version != null) {
            return version;
        }
        if (functions.contains(domain, opType)) {
            return 1;
        }
        throw new GraphException(opType + " '" + label + "': the model imports no operator set for domain '" + (domain.isEmpty() ? "ai.onnx" : domain) + "'");
    }
}
