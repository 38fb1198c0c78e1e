package org.lanewise.loaders.onnx;

import java.nio.file.Path;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Tensors and other values in files of their own ({@code .pb}), as ONNX test data comes. */
public final class OnnxTensors {
    private OnnxTensors() {}

    /**
     * Reads a {@code TensorProto}.
     *
     * @throws org.lanewise.runtime.ModelFormatException if the file cannot be read or is malformed
     */
    public static Tensor readTensor(Path file) {
        return TensorProto.read(ProtoSource.of(file).reader()).tensor();
    }

    /** Reads a {@code TensorProto} from memory. */
    public static Tensor readTensor(byte[] bytes) {
        return TensorProto.read(ProtoSource.of("tensor in memory", bytes).reader())
                .tensor();
    }

    /**
     * Reads a value of any type: the file does not say whether it holds a tensor, a sequence or an optional, {@code type} does.
     *
     * @throws org.lanewise.runtime.ModelFormatException if the file cannot be read, is malformed or holds something else
     */
    public static OnnxValue read(Path file, ValueType type) {
        return ValueProto.read(ProtoSource.of(file).reader(), type);
    }

    /** Reads a value of any type from memory. */
    public static OnnxValue read(byte[] bytes, ValueType type) {
        return ValueProto.read(ProtoSource.of("value in memory", bytes).reader(), type);
    }
}
