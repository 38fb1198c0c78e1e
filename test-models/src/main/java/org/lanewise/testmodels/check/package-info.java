/** Running a model on recorded inputs and judging its outputs. */
@NullMarked
package org.lanewise.testmodels.check;

import org.jspecify.annotations.NullMarked;
