/** Operators of classical machine learning, domain {@code ai.onnx.ml}. */
@NullMarked
package org.lanewise.runtime.ops.ml;

import org.jspecify.annotations.NullMarked;
