/** Operators on signals: transforms, windows, filter banks. */
@NullMarked
package org.lanewise.runtime.ops.signal;

import org.jspecify.annotations.NullMarked;
