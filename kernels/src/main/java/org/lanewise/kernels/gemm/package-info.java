/** Matrix multiplication on arrays: fp32 with packed weights, matrix-vector, fp64, integers. */
@NullMarked
package org.lanewise.kernels.gemm;

import org.jspecify.annotations.NullMarked;
