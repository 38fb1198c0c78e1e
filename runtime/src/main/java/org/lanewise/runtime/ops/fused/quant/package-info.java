/** Operators on bytes that only passes make: products with requantization at their end, sums, means and tables. */
@NullMarked
package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.NullMarked;
