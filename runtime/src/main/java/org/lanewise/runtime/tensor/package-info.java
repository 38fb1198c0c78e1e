/** Tensors, shapes and element types. */
@NullMarked
package org.lanewise.runtime.tensor;

import org.jspecify.annotations.NullMarked;
