/** Reductions over axes, index of the extreme, running sums. */
@NullMarked
package org.lanewise.kernels.reduce;

import org.jspecify.annotations.NullMarked;
