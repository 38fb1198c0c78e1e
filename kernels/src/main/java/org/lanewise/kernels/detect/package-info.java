/** Kernels of object detection. */
@NullMarked
package org.lanewise.kernels.detect;

import org.jspecify.annotations.NullMarked;
