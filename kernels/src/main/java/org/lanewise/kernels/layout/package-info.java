/** Moving data: copies under strides, gathering and scattering of blocks. Element types do not matter here. */
@NullMarked
package org.lanewise.kernels.layout;

import org.jspecify.annotations.NullMarked;
