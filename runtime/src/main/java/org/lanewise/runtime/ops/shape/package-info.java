/** Operators that look at or change shapes, and constants. */
@NullMarked
package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.NullMarked;
