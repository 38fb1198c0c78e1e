/** Comparisons and boolean logic. */
@NullMarked
package org.lanewise.runtime.ops.logic;

import org.jspecify.annotations.NullMarked;
