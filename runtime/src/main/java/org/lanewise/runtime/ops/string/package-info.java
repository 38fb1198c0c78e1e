/** Operators on strings. */
@NullMarked
package org.lanewise.runtime.ops.string;

import org.jspecify.annotations.NullMarked;
