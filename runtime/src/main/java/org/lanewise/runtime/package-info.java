/** The runtime: tensors, the graph and its operators, passes, and the session that runs them. */
@NullMarked
package org.lanewise.runtime;

import org.jspecify.annotations.NullMarked;
