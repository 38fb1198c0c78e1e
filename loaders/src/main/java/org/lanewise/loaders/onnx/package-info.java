/** ONNX files: models and tensors, read with a protobuf reader of our own. */
@NullMarked
package org.lanewise.loaders.onnx;

import org.jspecify.annotations.NullMarked;
