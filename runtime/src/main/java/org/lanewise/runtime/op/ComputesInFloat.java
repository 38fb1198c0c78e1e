package org.lanewise.runtime.op;

/**
 * An operator that has no kernels for {@code FLOAT16} and {@code BFLOAT16}: it is given such inputs as {@code FLOAT}, and its {@code FLOAT} outputs are rounded
 * to the inputs' type, once. {@link Operator#inferShapes} sees the model's own types.
 */
public interface ComputesInFloat {}
