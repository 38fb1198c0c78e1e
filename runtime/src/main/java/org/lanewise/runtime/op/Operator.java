package org.lanewise.runtime.op;

/**
 * One operator with its attributes: immutable, shared by threads. A record in its own file, named exactly as the ONNX {@code op_type}, that covers all
 * opset versions of the operator.
 *
 * <p>Both methods report what is wrong by {@link IllegalArgumentException} with a message that says what, got and expected ({@code input W has 32
 * channels, expected C/group = 64/4 = 16}); the caller adds the node and turns it into an {@code InferenceException}. Other abilities are opt-in
 * interfaces: {@link InPlace}, {@link Views}, {@link Prepacks}, {@link HasSubgraphs}.
 */
public interface Operator {
    /**
     * Works out the types of the outputs from what is known of the inputs. Must set every present output; must accept any dimension, and any rank,
     * being unknown, and must agree with what {@link #run} produces.
     */
    void inferShapes(ShapeContext context);

    /** Computes the outputs: validates, splits the work, calls kernels. */
    void run(OpContext context);
}
