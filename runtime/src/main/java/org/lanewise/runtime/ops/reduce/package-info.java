/** Reductions along axes. */
@NullMarked
package org.lanewise.runtime.ops.reduce;

import org.jspecify.annotations.NullMarked;
