/** Operators of the domain {@code com.microsoft}, which exporters for ONNX Runtime write. */
@NullMarked
package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.NullMarked;
