package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.loaders.onnx.ModelScope.FunctionId;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;

/** A model file ({@code ModelProto}). */
final class ModelProto {
    private final ProtoReader in;
    private final Map<String, Integer> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<FunctionProto.Header> functions = new ArrayList<>();
    private long irVersion;
    private String producer = "";
    private String producerVersion = "";
    private String doc = "";
    private @Nullable ProtoReader graph;

    private ModelProto(ProtoReader in) {
        this.in = in;
    }

    static Model read(ProtoSource source) {
        return new ModelProto(source.reader()).read();
    }

    private Model read() {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> irVersion = in.int64();
                case 2 -> producer = in.name();
                case 3 -> producerVersion = in.name();
                case 6 -> doc = in.text();
                case 7 -> {
                    if (graph != null) {
                        throw in.fail("a second graph");
                    }
                    graph = in.message();
                }
                case 8 -> OpsetImports.read(in.message(), opsets);
                case 14 -> StringEntry.read(in.message()).putInto(metadata);
                case 25 -> functions.add(new FunctionProto.Header(in.message()));
                default -> in.skip();
            }
        }
        ProtoReader message = checked();
        // The graph is read last: its nodes need the operator sets, which usually follow it in the file.
        ModelScope scope = new ModelScope(irVersion >= IrVersion.OVERRIDABLE_SINCE);
        for (FunctionProto.Header function : functions) {
            if (!scope.declare(function.id())) {
                throw in.source().fail(0, "function " + function.id() + " is given twice");
            }
        }
        Map<FunctionId, FunctionProto> bodies = new LinkedHashMap<>();
        functions.forEach(function -> bodies.put(function.id(), function.read(scope, opsets)));
        Graph main = GraphProto.read(message, new GraphContext(scope, opsets, false));
        main = FunctionInliner.inline(main, scope, bodies, opsets.getOrDefault("", 1));
        if (!main.freeNames().isEmpty()) {
            throw new GraphException(in.source().name() + ": graph '" + main.name()
                    + "' uses values that nothing defines: " + main.freeNames());
        }
        return new Model(main, irVersion, opsets, (producer + " " + producerVersion).strip(), doc, metadata);
    }

    private ProtoReader checked() {
        if (irVersion < 1 || graph == null) {
            throw in.source().fail(0, "not an ONNX model: it has no " + (graph == null ? "graph" : "ir_version"));
        }
        if (irVersion > IrVersion.MAX) {
            throw new UnsupportedModelException(in.source().name() + ": ir_version " + irVersion + " is newer than "
                    + IrVersion.MAX + ", the newest that is supported");
        }
        if (opsets.isEmpty()) {
            if (irVersion >= IrVersion.OPSETS_SINCE) {
                throw in.source().fail(0, "the model imports no operator set");
            }
            opsets.put("", 1);
        }
        return graph;
    }
}
