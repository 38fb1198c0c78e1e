package org.lanewise.runtime.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** What an operator knows of its inputs before a run, and where it says what its outputs will be. */
public interface ShapeContext {
    /** Number of inputs the node names, absent ones in between included. */
    int inputCount();

    /** Whether input {@code i} is present. */
    boolean hasInput(int i);

    /** Number of outputs the node names. */
    int outputCount();

    /** Whether output {@code i} is present, so that somebody wants it. */
    boolean hasOutput(int i);

    /** Type of input {@code i}, which must be present. */
    ValueType inputValueType(int i);

    /** Element type of input {@code i}, which must be a tensor. */
    DataType inputType(int i);

    /** What is known of the shape of input {@code i}, which must be a tensor. */
    PartialShape inputShape(int i);

    /** The elements of input {@code i} where they are known before the run, else {@code null}; also {@code null} for an absent input. */
    @Nullable
    Tensor constant(int i);

    /** Sets the type and shape of output {@code i}; ignored when it is absent. */
    void output(int i, DataType type, PartialShape shape);

    /** Sets the type of output {@code i}, which may be a sequence or an optional. */
    void output(int i, ValueType type);

    /** Says that output {@code i} is this tensor in every run with these input types, such as the output of {@code Shape}. */
    void outputKnown(int i, Tensor value);

    /** Types of the outputs of subgraph {@code subgraph} for inputs of these types. */
    List<ValueType> inferSubgraph(int subgraph, List<ValueType> inputs);
}
