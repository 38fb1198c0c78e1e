/** Watching a run. */
@NullMarked
package org.lanewise.runtime.trace;

import org.jspecify.annotations.NullMarked;
