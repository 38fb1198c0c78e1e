/** NumPy's array files. */
@NullMarked
package org.lanewise.loaders.numpy;

import org.jspecify.annotations.NullMarked;
