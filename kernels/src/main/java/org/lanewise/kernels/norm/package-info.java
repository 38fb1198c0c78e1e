/** Normalizations: softmax and its kin, layer, batch, instance and group normalization. */
@NullMarked
package org.lanewise.kernels.norm;

import org.jspecify.annotations.NullMarked;
