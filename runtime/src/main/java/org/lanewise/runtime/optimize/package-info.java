/** Graph passes, one a file. */
@NullMarked
package org.lanewise.runtime.optimize;

import org.jspecify.annotations.NullMarked;
