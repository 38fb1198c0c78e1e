/** The worker threads. */
@NullMarked
package org.lanewise.runtime.schedule;

import org.jspecify.annotations.NullMarked;
