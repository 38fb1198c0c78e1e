/** Ensembles of decision trees. */
@NullMarked
package org.lanewise.kernels.tree;

import org.jspecify.annotations.NullMarked;
