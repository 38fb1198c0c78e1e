/** The {@code lanewise} command: one file per subcommand. */
@NullMarked
package org.lanewise.cli;

import org.jspecify.annotations.NullMarked;
