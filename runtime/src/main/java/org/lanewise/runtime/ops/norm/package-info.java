/** Normalizations and softmax. */
@NullMarked
package org.lanewise.runtime.ops.norm;

import org.jspecify.annotations.NullMarked;
