/** Showing what a model gave. */
@NullMarked
package org.lanewise.cli.output;

import org.jspecify.annotations.NullMarked;
