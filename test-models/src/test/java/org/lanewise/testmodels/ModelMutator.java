package org.lanewise.testmodels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Damages models in the ways a careless exporter or an attacker would; what it does follows from the seed. */
final class ModelMutator {
    private static final List<String> OPERATORS =
            List.copyOf(OperatorCatalog.operators().keySet());
    private static final long[] ODD = {
        0,
        1,
        -1,
        2,
        3,
        -2,
        7,
        64,
        65_537,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final float[] ODD_FLOATS = {0, -1, 1e-30f, 1e30f, Float.NaN, Float.NEGATIVE_INFINITY, 0.5f};

    private final Random random;

    ModelMutator(long seed) {
        random = new Random(seed);
    }

    /** The file with some bytes changed. */
    byte[] damaged(byte[] file) {
        byte[] bytes = file.clone();
        for (int count = 1 + random.nextInt(4); count > 0; count--) {
            // Most of a file is weights, whose bytes are harmless: aim at both ends, where structure is.
            int window = Math.min(bytes.length, 4000);
            int at = random.nextInt(window);
            at = random.nextBoolean() ? at : bytes.length - 1 - at;
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    /** The model with one to three changes of its graph. */
    Model damaged(Model model) {
        Graph graph = model.graph();
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            graph = changed(graph);
        }
        return model.withGraph(graph);
    }

    /** A value for every input, of the declared type and shape, unknown dimensions from 0 to 3. */
    Map<String, OnnxValue> inputs(List<ValueInfo> infos) {
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        for (ValueInfo info : infos) {
            if (info.type() instanceof ValueType.Of(DataType type, PartialShape shape)) {
                values.put(info.name(), tensor(type, dims(shape)));
            }
        }
        return values;
    }

    private int[] dims(PartialShape shape) {
        int[] dims = new int[shape.isRanked() ? shape.rank() : random.nextInt(4)];
        long size = 1;
        for (int i = 0; i < dims.length; i++) {
            long dim = shape.isRanked() && shape.dim(i) >= 0 ? shape.dim(i) : random.nextInt(4);
            dims[i] = dim > 1 << 20 || size * dim > 1 << 20 ? 1 : (int) dim;
            size *= dims[i];
        }
        return dims;
    }

    private Tensor tensor(DataType type, int[] dims) {
        Tensor tensor = Tensor.allocate(type, Shape.of(dims));
        boolean odd = random.nextInt(4) == 0;
        for (int i = 0; i < tensor.size(); i++) {
            switch (tensor.storage()) {
                case float[] a -> a[i] = odd ? ODD_FLOATS[random.nextInt(ODD_FLOATS.length)] : random.nextFloat(-2, 2);
                case double[] a -> a[i] = random.nextGaussian();
                case byte[] a -> a[i] = (byte) (type == DataType.BOOL ? random.nextInt(2) : random.nextInt());
                case short[] a -> a[i] = (short) random.nextInt();
                case int[] a -> a[i] = odd ? (int) odd() : random.nextInt(-3, 4);
                case long[] a -> a[i] = odd ? odd() : random.nextInt(-3, 4);
                default -> ((String[]) tensor.storage())[i] = "s" + random.nextInt(3);
            }
        }
        return tensor;
    }

    private long odd() {
        return ODD[random.nextInt(ODD.length)];
    }

    private Graph changed(Graph graph) {
        List<ValueInfo> inputs = new ArrayList<>(graph.inputs());
        List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
        List<Node> nodes = new ArrayList<>(graph.nodes());
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        switch (random.nextInt(10)) {
            case 0 -> change(inputs);
            case 1 -> change(outputs);
            case 2, 3 -> changeConstant(constants);
            case 4 -> {
                if (!nodes.isEmpty()) {
                    nodes.remove(random.nextInt(nodes.size()));
                }
            }
            default -> {
                if (!nodes.isEmpty()) {
                    int at = random.nextInt(nodes.size());
                    nodes.set(at, changed(nodes.get(at), names(graph)));
                }
            }
        }
        return Graph.of(graph.name(), inputs, outputs, nodes, constants, graph.valueTypes());
    }

    private static List<String> names(Graph graph) {
        List<String> names = new ArrayList<>(graph.initializers().keySet());
        graph.inputs().forEach(input -> names.add(input.name()));
        graph.nodes().forEach(node -> names.addAll(node.outputs()));
        names.add("");
        names.add("nowhere");
        return names;
    }

    private void change(List<ValueInfo> infos) {
        if (infos.isEmpty()) {
            return;
        }
        int at = random.nextInt(infos.size());
        ValueInfo info = infos.get(at);
        if (info.type() instanceof ValueType.Of(DataType type, PartialShape shape) && shape.isRanked()) {
            long[] dims = shape.toArray();
            if (dims.length > 0 && random.nextBoolean()) {
                dims[random.nextInt(dims.length)] = odd();
            } else {
                dims = new long[random.nextInt(6)];
                Arrays.fill(dims, random.nextInt(-1, 3));
            }
            infos.set(
                    at,
                    new ValueInfo(
                            info.name(),
                            ValueType.tensor(random.nextBoolean() ? type : type(), PartialShape.of(dims))));
        } else {
            infos.set(at, new ValueInfo(info.name(), null));
        }
    }

    private void changeConstant(Map<String, Initializer> constants) {
        if (constants.isEmpty()) {
            return;
        }
        String name = List.copyOf(constants.keySet()).get(random.nextInt(constants.size()));
        Tensor old = constants.get(name).tensor();
        Tensor fresh = switch (random.nextInt(4)) {
            case 0 -> tensor(type(), old.shape().toArray());
            case 1 -> tensor(old.type(), dims(PartialShape.unranked()));
            case 2 -> {
                int[] dims = old.shape().toArray();
                if (dims.length > 0) {
                    int axis = random.nextInt(dims.length);
                    dims[axis] = Math.max(0, dims[axis] + random.nextInt(-1, 2));
                }
                yield tensor(old.type(), dims);
            }
            default -> tensor(old.type(), old.shape().toArray());
        };
        constants.put(name, Initializer.of(fresh));
    }

    private DataType type() {
        return DataType.values()[random.nextInt(DataType.values().length)];
    }

    private Node changed(Node node, List<String> names) {
        List<String> inputs = new ArrayList<>(node.inputs());
        List<String> outputs = new ArrayList<>(node.outputs());
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        String domain = node.domain();
        String opType = node.opType();
        int opset = node.opset();
        switch (random.nextInt(9)) {
            case 0 -> {
                opType = OPERATORS.get(random.nextInt(OPERATORS.size()));
                int dot = opType.lastIndexOf('.');
                domain = dot < 0 ? "" : opType.substring(0, dot);
                opType = opType.substring(dot + 1);
                if (random.nextBoolean()) {
                    attributes.clear();
                }
            }
            case 1 -> opset = random.nextInt(-1, 30);
            case 2 -> inputs.add(random.nextInt(inputs.size() + 1), pick(names));
            case 3 -> {
                if (!inputs.isEmpty()) {
                    inputs.remove(random.nextInt(inputs.size()));
                }
            }
            case 4, 5 -> {
                if (!inputs.isEmpty()) {
                    inputs.set(random.nextInt(inputs.size()), pick(names));
                }
            }
            case 6 -> outputs.add("extra" + outputs.size());
            default -> {
                if (attributes.isEmpty()) {
                    attributes.put("axis", new Attribute.IntValue(odd()));
                } else {
                    String name = pick(List.copyOf(attributes.keySet()));
                    if (random.nextInt(5) == 0) {
                        attributes.remove(name);
                    } else {
                        attributes.put(name, changed(attributes.get(name)));
                    }
                }
            }
        }
        return new Node(node.name(), domain, opType, opset, inputs, outputs, attributes);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private Attribute changed(Attribute attribute) {
        return switch (attribute) {
            case Attribute.IntValue(long value) ->
                new Attribute.IntValue(random.nextBoolean() ? value + random.nextInt(-1, 2) : odd());
            case Attribute.FloatValue(float value) ->
                new Attribute.FloatValue(random.nextBoolean() ? -value : ODD_FLOATS[random.nextInt(ODD_FLOATS.length)]);
            case Attribute.StringValue(String value) ->
                new Attribute.StringValue(random.nextBoolean() ? value + "x" : "");
            case Attribute.IntsValue(long[] value) -> {
                long[] changed = Arrays.copyOf(value, Math.max(0, value.length + random.nextInt(-1, 2)));
                if (changed.length > 0 && random.nextBoolean()) {
                    changed[random.nextInt(changed.length)] = odd();
                }
                yield new Attribute.IntsValue(changed);
            }
            case Attribute.FloatsValue(float[] value) ->
                new Attribute.FloatsValue(Arrays.copyOf(value, Math.max(0, value.length - 1)));
            case Attribute.TensorValue(Tensor value) ->
                new Attribute.TensorValue(tensor(
                        random.nextBoolean() ? value.type() : type(),
                        value.shape().toArray()));
            case Attribute.GraphValue(Graph value) -> new Attribute.GraphValue(changed(value));
            default -> new Attribute.IntValue(odd());
        };
    }
}
