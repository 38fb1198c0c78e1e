/** Pooling over sliding windows and over regions of interest. */
@NullMarked
package org.lanewise.kernels.pool;

import org.jspecify.annotations.NullMarked;
