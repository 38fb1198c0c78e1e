package org.lanewise.runtime.op;

/** Makes the operator of a node: reads its attributes, refuses what it does not support. */
@FunctionalInterface
public interface OperatorFactory {
    /** The operator of this node. */
    Operator create(NodeSpec spec);
}
