/** What the kernels share: vector width, vector shapes, activations. */
@NullMarked
package org.lanewise.kernels;

import org.jspecify.annotations.NullMarked;
