/** JMH benchmarks, and side-by-side runs against ONNX Runtime. */
@NullMarked
package org.lanewise.benchmarks;

import org.jspecify.annotations.NullMarked;
