/** The elementwise part of recurrent cells; the products are those of {@code org.lanewise.kernels.gemm}. */
@NullMarked
package org.lanewise.kernels.rnn;

import org.jspecify.annotations.NullMarked;
