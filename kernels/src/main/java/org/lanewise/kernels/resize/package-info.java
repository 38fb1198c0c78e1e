/** Interpolation: resizing by separable weight tables, and sampling at the points of a grid. */
@NullMarked
package org.lanewise.kernels.resize;

import org.jspecify.annotations.NullMarked;
