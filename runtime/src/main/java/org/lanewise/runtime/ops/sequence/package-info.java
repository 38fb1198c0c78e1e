/** Operators on sequences and optional values. */
@NullMarked
package org.lanewise.runtime.ops.sequence;

import org.jspecify.annotations.NullMarked;
