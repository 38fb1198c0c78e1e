/** Operators on encoded images. */
@NullMarked
package org.lanewise.runtime.ops.image;

import org.jspecify.annotations.NullMarked;
