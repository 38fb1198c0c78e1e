/** Opening, planning and running a model. */
@NullMarked
package org.lanewise.runtime.session;

import org.jspecify.annotations.NullMarked;
