/** Graph in, graph out: calibrate, quantize, prune, compare. */
@NullMarked
package org.lanewise.quantization;

import org.jspecify.annotations.NullMarked;
