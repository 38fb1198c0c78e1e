package org.lanewise.runtime.graph;

import java.util.List;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** The value of a node's attribute ({@code AttributeProto}). Arrays must not be changed. */
public sealed interface Attribute {
    /** {@code INT}. */
    record IntValue(long value) implements Attribute {}

    /** {@code FLOAT}. */
    record FloatValue(float value) implements Attribute {}

    /** {@code STRING}. */
    record StringValue(String value) implements Attribute {}

    /** {@code TENSOR}; a {@code SPARSE_TENSOR} is read as the dense tensor it stands for. */
    record TensorValue(Tensor value) implements Attribute {}

    /** {@code GRAPH}. */
    record GraphValue(Graph value) implements Attribute {}

    /** {@code TYPE_PROTO}. */
    record TypeValue(ValueType value) implements Attribute {}

    /** {@code INTS}. */
    record IntsValue(long[] value) implements Attribute {}

    /** {@code FLOATS}. */
    record FloatsValue(float[] value) implements Attribute {}

    /** {@code STRINGS}. */
    record StringsValue(List<String> value) implements Attribute {}

    /** {@code TENSORS}. */
    record TensorsValue(List<Tensor> value) implements Attribute {}

    /** {@code GRAPHS}. */
    record GraphsValue(List<Graph> value) implements Attribute {}

    /** {@code TYPE_PROTOS}. */
    record TypesValue(List<ValueType> value) implements Attribute {}

    /** In the body of a function: the value of the calling node's attribute of this name ({@code ref_attr_name}). */
    record Reference(String name) implements Attribute {}
}
