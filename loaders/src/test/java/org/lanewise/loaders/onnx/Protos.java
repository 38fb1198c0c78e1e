package org.lanewise.loaders.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Builds ONNX messages for tests, well-formed and not. */
final class Protos {
    private Protos() {}

    static byte[] bytes(ProtoWriter message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** A field of arbitrary bytes. */
    static void bytes(ProtoWriter out, int field, int... values) {
        byte[] raw = new byte[values.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) values[i];
        }
        out.elements(field, Initializer.of(Tensor.of(raw)));
    }

    static ProtoReader reader(ProtoWriter message) {
        return ProtoSource.of("test.pb", bytes(message)).reader();
    }

    static ProtoReader reader(int... values) {
        byte[] raw = new byte[values.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) values[i];
        }
        return ProtoSource.of("test.pb", raw).reader();
    }

    static ProtoWriter opset(String domain, int version) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, domain);
        out.int64(2, version);
        return out;
    }

    /** A model of these graph bytes with opset 17 and IR version 8. */
    static ProtoWriter model(ProtoWriter graph) {
        return model(8, graph);
    }

    static ProtoWriter model(int irVersion, ProtoWriter graph) {
        ProtoWriter out = new ProtoWriter();
        out.int64(1, irVersion);
        out.message(8, opset("", 17));
        out.message(7, graph);
        return out;
    }

    static Model read(ProtoWriter model) {
        return new OnnxModelFormat().read(bytes(model));
    }

    static ProtoWriter node(String opType, List<String> inputs, List<String> outputs, ProtoWriter... attributes) {
        return node("", opType, inputs, outputs, attributes);
    }

    static ProtoWriter node(
            String domain, String opType, List<String> inputs, List<String> outputs, ProtoWriter... attributes) {
        ProtoWriter out = new ProtoWriter();
        inputs.forEach(input -> out.string(1, input));
        outputs.forEach(output -> out.string(2, output));
        out.string(4, opType);
        for (ProtoWriter attribute : attributes) {
            out.message(5, attribute);
        }
        out.optionalString(7, domain);
        return out;
    }

    static ProtoWriter intAttribute(String name, long value) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, name);
        out.int64(3, value);
        out.int64(20, AttributeProto.INT);
        return out;
    }

    static ProtoWriter graphAttribute(String name, ProtoWriter graph) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, name);
        out.message(6, graph);
        out.int64(20, AttributeProto.GRAPH);
        return out;
    }

    static ProtoWriter reference(String name, String parameter) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, name);
        out.string(21, parameter);
        out.int64(20, AttributeProto.INT);
        return out;
    }

    static ProtoWriter value(String name) {
        return TypeWriter.valueInfo(new ValueInfo(name, ValueType.tensor(DataType.FLOAT, PartialShape.of(2))));
    }

    static ProtoWriter graph(List<String> inputs, List<String> outputs, ProtoWriter... nodes) {
        ProtoWriter out = new ProtoWriter();
        for (ProtoWriter node : nodes) {
            out.message(1, node);
        }
        out.string(2, "main");
        inputs.forEach(input -> out.message(11, value(input)));
        outputs.forEach(output -> out.message(12, value(output)));
        return out;
    }

    static ProtoWriter function(
            String name, List<String> inputs, List<String> outputs, List<String> attributes, ProtoWriter... nodes) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, name);
        inputs.forEach(input -> out.string(4, input));
        outputs.forEach(output -> out.string(5, output));
        attributes.forEach(attribute -> out.string(6, attribute));
        for (ProtoWriter node : nodes) {
            out.message(7, node);
        }
        out.message(9, opset("", 17));
        out.string(10, "local");
        return out;
    }
}
