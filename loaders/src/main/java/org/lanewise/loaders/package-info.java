/** Model files to graphs and back. */
@NullMarked
package org.lanewise.loaders;

import org.jspecify.annotations.NullMarked;
