/** Matrix products, convolutions, pooling, attention. */
@NullMarked
package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.NullMarked;
