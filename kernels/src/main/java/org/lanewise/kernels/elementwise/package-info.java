/** Elementwise kernels with NumPy broadcasting. */
@NullMarked
package org.lanewise.kernels.elementwise;

import org.jspecify.annotations.NullMarked;
