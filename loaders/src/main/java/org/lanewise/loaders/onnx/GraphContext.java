package org.lanewise.loaders.onnx;

import java.util.Map;
import org.lanewise.runtime.GraphException;

/**
 * What nodes need to know of the model or function they are in.
 *
 * @param model what the whole model shares
 * @param opsets imported operator sets by domain
 * @param inFunction whether this is the body of a function, whose nodes may refer to attributes of the call
 */
record GraphContext(ModelScope model, Map<String, Integer> opsets, boolean inFunction) {
    /**
     * The version of the operator set of {@code domain}.
     *
     * @param label names the node in messages
     */
    int opset(String domain, String opType, String label) {
        Integer version = opsets.get(domain);
        if (version != null) {
            return version;
        }
        if (model.callsFunction(domain, opType)) {
            return 1;
        }
        throw new GraphException(opType + " '" + label + "': the model imports no operator set for domain '"
                + (domain.isEmpty() ? "ai.onnx" : domain) + "'");
    }
}
