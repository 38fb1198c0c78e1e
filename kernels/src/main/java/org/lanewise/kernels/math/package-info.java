/** Elementary and activation functions with stated error bounds. */
@NullMarked
package org.lanewise.kernels.math;

import org.jspecify.annotations.NullMarked;
