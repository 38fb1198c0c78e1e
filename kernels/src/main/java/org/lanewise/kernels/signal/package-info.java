/** Fourier transforms. */
@NullMarked
package org.lanewise.kernels.signal;

import org.jspecify.annotations.NullMarked;
