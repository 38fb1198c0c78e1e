package org.lanewise.loaders.onnx;

/** Bounds on what a model file may ask for. A file is data: none of its numbers is believed before it is compared with these and with the file's size. */
final class Limits {
    /** Messages within messages. A subgraph takes three levels; the usual readers of ONNX stop at 100. */
    static final int DEPTH = 200;

    /** Messages and strings in one file, those in string tensors not counted. */
    static final int MESSAGES = 1 << 24;

    /** Nodes of a model, subgraphs and functions included. */
    static final int NODES = 1 << 20;

    /** Nodes and values that the functions of a model may stand for. */
    static final int INLINED = 1 << 22;

    /** Dimensions of a tensor. */
    static final int DIMS = 64;

    /** Bytes of a name. */
    static final int NAME_BYTES = 1 << 16;

    /** Bytes of a text: documentation, metadata, string attribute, element of a string tensor. */
    static final int TEXT_BYTES = 1 << 28;

    /** Elements of the dense tensor a sparse one stands for: the file holds only few of them, so its size is no bound. */
    static final int SPARSE_ELEMENTS = 1 << 26;

    /** Bytes of the largest Java array. */
    static final int ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private Limits() {}
}
