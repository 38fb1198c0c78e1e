/** Scaled dot-product attention, rotary embedding and linear attention. */
@NullMarked
package org.lanewise.kernels.attention;

import org.jspecify.annotations.NullMarked;
