/** Pruning: weights become zero, by size or by what the inputs seen in calibration say they are needed for. */
@NullMarked
package org.lanewise.quantization.prune;

import org.jspecify.annotations.NullMarked;
