/** Kernels on arrays, offsets and sizes; each family is a facade that chooses the Vector API or the scalar variant. */
@NullMarked
package org.lanewise.kernels;

import org.jspecify.annotations.NullMarked;
