/** Operators of the domain {@code org.lanewise}, which only the graph passes make. */
@NullMarked
package org.lanewise.runtime.ops.fused;

import org.jspecify.annotations.NullMarked;
