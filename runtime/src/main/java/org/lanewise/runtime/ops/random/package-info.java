/** Operators that draw random numbers. */
@NullMarked
package org.lanewise.runtime.ops.random;

import org.jspecify.annotations.NullMarked;
