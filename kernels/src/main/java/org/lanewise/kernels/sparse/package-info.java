/** Products with constant sparse weights. */
@NullMarked
package org.lanewise.kernels.sparse;

import org.jspecify.annotations.NullMarked;
