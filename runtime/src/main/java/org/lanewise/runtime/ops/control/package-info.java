/** Operators with subgraphs: branches and loops. */
@NullMarked
package org.lanewise.runtime.ops.control;

import org.jspecify.annotations.NullMarked;
