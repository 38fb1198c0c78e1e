/** The contract of operators and their catalog. */
@NullMarked
package org.lanewise.runtime.op;

import org.jspecify.annotations.NullMarked;
