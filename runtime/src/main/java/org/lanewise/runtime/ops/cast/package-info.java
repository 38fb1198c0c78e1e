/** Conversions between element types. */
@NullMarked
package org.lanewise.runtime.ops.cast;

import org.jspecify.annotations.NullMarked;
