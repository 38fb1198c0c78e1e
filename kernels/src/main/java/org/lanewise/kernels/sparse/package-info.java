/** Products and convolutions whose constant weights are mostly zeros: only the weights that are not zero are stored and multiplied. */
@NullMarked
package org.lanewise.kernels.sparse;

import org.jspecify.annotations.NullMarked;
