package org.lanewise.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Direct buffers that ONNX Runtime writes outputs to, the same ones in every run: what {@code Session.bind} is to Lanewise. Outputs that are no tensors of numbers are not among them. */
final class PinnedOutputs {
    /** A cache line, which also suits the widest vectors. */
    private static final int ALIGNMENT = 64;

    private PinnedOutputs() {}

    /** Tensors like those of {@code result}, by name; the caller closes them. */
    static Map<String, OnnxTensor> like(OrtEnvironment environment, OrtSession.Result result) throws OrtException {
        Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
            if (output.getValue() instanceof OnnxTensor tensor && bytes(tensor.getInfo()) > 0) {
                pinned.put(output.getKey(), like(environment, tensor.getInfo()));
            }
        }
        return pinned;
    }

    private static OnnxTensor like(OrtEnvironment environment, TensorInfo info) throws OrtException {
        int bytes = Math.toIntExact(bytes(info));
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes + 2 * ALIGNMENT)
                .alignedSlice(ALIGNMENT)
                .limit(bytes)
                .slice()
                .order(ByteOrder.nativeOrder());
        return OnnxTensor.createTensor(environment, buffer, info.getShape(), info.type);
    }

    /** 0 where there is no fixed number of them. */
    private static long bytes(TensorInfo info) {
        return switch (info.type) {
            case FLOAT, INT32 -> info.getNumElements() * Integer.BYTES;
            case DOUBLE, INT64 -> info.getNumElements() * Long.BYTES;
            case FLOAT16, BFLOAT16, INT16 -> info.getNumElements() * Short.BYTES;
            case UINT8, INT8, BOOL -> info.getNumElements();
            case STRING, UNKNOWN -> 0;
        };
    }
}
