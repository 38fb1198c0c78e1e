/** Loops that show what the hardware can do: the yardstick of the kernels. */
@NullMarked
package org.lanewise.kernels.probe;

import org.jspecify.annotations.NullMarked;
