/** Quantization and operators on quantized tensors. */
@NullMarked
package org.lanewise.runtime.ops.quant;

import org.jspecify.annotations.NullMarked;
