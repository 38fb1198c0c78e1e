package org.lanewise.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/** The peer: ONNX Runtime's Java binding on one model with fixed inputs. */
final class OrtRunner implements AutoCloseable {
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();

    /** Opens {@code model} with {@code threads} threads within an operator and one between operators, ONNX Runtime's defaults otherwise. */
    OrtRunner(Path model, Map<String, OnnxValue> inputs, int threads) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            session = environment.createSession(model.toString(), options);
        }
        for (Map.Entry<String, OnnxValue> input : inputs.entrySet()) {
            this.inputs.put(input.getKey(), tensor(environment, (Tensor) input.getValue()));
        }
    }

    /** One run; results are read into Java arrays, as a caller would. */
    Map<String, float[]> run() throws OrtException {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        try (OrtSession.Result result = session.run(Map.<String, OnnxTensorLike>copyOf(inputs))) {
            for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
                FloatBuffer buffer = output.getValue() instanceof OnnxTensor tensor ? tensor.getFloatBuffer() : null;
                if (buffer != null) {
                    float[] values = new float[buffer.remaining()];
                    buffer.get(values);
                    outputs.put(output.getKey(), values);
                }
            }
        }
        return outputs;
    }

    @Override
    public void close() throws OrtException {
        inputs.values().forEach(OnnxTensor::close);
        session.close();
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        long[] shape = tensor.shape().toLongArray();
        return switch (tensor) {
            case FloatTensor t ->
                OnnxTensor.createTensor(
                        environment,
                        FloatBuffer.wrap(t.array(), t.offset(), t.size()).slice(),
                        shape);
            case LongTensor t ->
                OnnxTensor.createTensor(
                        environment,
                        LongBuffer.wrap(t.array(), t.offset(), t.size()).slice(),
                        shape);
            default ->
                throw new IllegalArgumentException(
                        "cannot give a " + tensor + " to ONNX Runtime yet: expected float or int64");
        };
    }
}
