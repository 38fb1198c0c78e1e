/** Elementwise arithmetic, functions and activations. */
@NullMarked
package org.lanewise.runtime.ops.math;

import org.jspecify.annotations.NullMarked;
