package org.lanewise.runtime.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A graph and what its file says about it ({@code ModelProto}). Functions of the model are inlined into the graph when it is loaded.
 *
 * @param graph the main graph
 * @param irVersion version of the file format
 * @param opsets operator sets by domain, the ONNX one under the empty string
 * @param producer name and version of the tool that wrote the model, may be empty
 * @param doc free text, may be empty
 * @param metadata the model's {@code metadata_props}
 */
public record Model(
        Graph graph,
        long irVersion,
        Map<String, Integer> opsets,
        String producer,
        String doc,
        Map<String, String> metadata) {
    /** Copies the maps. */
    public Model {
        opsets = Collections.unmodifiableMap(new LinkedHashMap<>(opsets));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** This model with another graph. */
    public Model withGraph(Graph newGraph) {
        return new Model(newGraph, irVersion, opsets, producer, doc, metadata);
    }
}
