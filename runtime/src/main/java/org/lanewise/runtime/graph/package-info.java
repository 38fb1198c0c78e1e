/** The operator graph: immutable, edited through one editor. */
@NullMarked
package org.lanewise.runtime.graph;

import org.jspecify.annotations.NullMarked;
