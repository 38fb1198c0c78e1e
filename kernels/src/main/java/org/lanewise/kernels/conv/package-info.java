/** Convolution, transposed convolution and their relatives, channels-first in any rank and channels-last in two dimensions. */
@NullMarked
package org.lanewise.kernels.conv;

import org.jspecify.annotations.NullMarked;
