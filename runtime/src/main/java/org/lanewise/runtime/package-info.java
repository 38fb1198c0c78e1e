/** The runtime's exceptions. */
@NullMarked
package org.lanewise.runtime;

import org.jspecify.annotations.NullMarked;
