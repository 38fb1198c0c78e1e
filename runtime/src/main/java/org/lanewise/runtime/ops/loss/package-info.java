/** Losses. */
@NullMarked
package org.lanewise.runtime.ops.loss;

import org.jspecify.annotations.NullMarked;
