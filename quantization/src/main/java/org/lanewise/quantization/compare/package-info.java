/** How far a candidate model (quantized, pruned) is from its reference: layer by layer, and at the outputs. */
@NullMarked
package org.lanewise.quantization.compare;

import org.jspecify.annotations.NullMarked;
