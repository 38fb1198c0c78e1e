/** Conversions between {@code float} and integers with a scale and a zero point. */
@NullMarked
package org.lanewise.kernels.quant;

import org.jspecify.annotations.NullMarked;
