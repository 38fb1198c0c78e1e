/** Networks of the well-known architectures, built here with seeded random weights: their speed is that of the trained ones. */
@NullMarked
package org.lanewise.benchmarks.built;

import org.jspecify.annotations.NullMarked;
