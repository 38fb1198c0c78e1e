/** Trained test models and the zoo that finds models by name. */
@NullMarked
package org.lanewise.testmodels;

import org.jspecify.annotations.NullMarked;
