/** Measuring how long runs take and what they allocate. */
@NullMarked
package org.lanewise.cli.measure;

import org.jspecify.annotations.NullMarked;
