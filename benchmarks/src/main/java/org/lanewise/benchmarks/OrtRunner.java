package org.lanewise.benchmarks;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Tensor;

/** The peer: ONNX Runtime's Java binding in this process. */
final class OrtRunner extends LocalRunner {
    private final OrtSession session;
    private final Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();

    /** Opens the model with {@code threads} threads within an operator and one between operators. */
    OrtRunner(Workload work, OrtOptions options, int threads) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions session = new OrtSession.SessionOptions()) {
            options.apply(session, threads);
            this.session = environment.createSession(work.model().toString(), session);
        }
        for (Map.Entry<String, ? extends org.lanewise.runtime.tensor.OnnxValue> input :
                work.inputs().entrySet()) {
            inputs.put(input.getKey(), tensor(environment, (Tensor) input.getValue()));
        }
    }

    /** Numbers arrive in buffers that a caller can read, the same ones in every run. */
    @Override
    Callable<?> task() throws OrtException {
        if (pinned.isEmpty()) {
            try (OrtSession.Result result = session.run(inputs)) {
                pinned.putAll(PinnedOutputs.like(OrtEnvironment.getEnvironment(), result));
            }
        }
        Set<String> others = new LinkedHashSet<>(session.getOutputNames());
        others.removeAll(pinned.keySet());
        return () -> {
            try (OrtSession.Result result = session.run(inputs, others, pinned)) {
                return result.size();
            }
        };
    }

    @Override
    public Map<String, float[]> outputs() throws OrtException {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        try (OrtSession.Result result = session.run(inputs)) {
            for (Map.Entry<String, OnnxValue> output : result) {
                if (output.getValue() instanceof OnnxTensor tensor) {
                    switch (tensor.getInfo().type) {
                        case FLOAT, FLOAT16, BFLOAT16 -> {
                            FloatBuffer buffer = tensor.getFloatBuffer();
                            float[] values = new float[buffer.remaining()];
                            buffer.get(values);
                            outputs.put(output.getKey(), values);
                        }
                        case UINT8, INT8 -> {
                            ByteBuffer buffer = tensor.getByteBuffer();
                            boolean signed = tensor.getInfo().type == OnnxJavaType.INT8;
                            outputs.put(
                                    output.getKey(),
                                    floats(buffer.remaining(), i -> signed ? buffer.get(i) : buffer.get(i) & 0xff));
                        }
                        case INT64 -> {
                            LongBuffer buffer = tensor.getLongBuffer();
                            outputs.put(output.getKey(), floats(buffer.remaining(), buffer::get));
                        }
                        case INT32 -> {
                            IntBuffer buffer = tensor.getIntBuffer();
                            outputs.put(output.getKey(), floats(buffer.remaining(), buffer::get));
                        }
                        default -> {
                            // Such outputs are rare, and cost nothing to leave out of a comparison of speeds
                        }
                    }
                }
            }
        }
        return outputs;
    }

    @Override
    public void close() throws OrtException {
        for (OnnxTensorLike input : inputs.values()) {
            input.close();
        }
        for (OnnxTensor output : pinned.values()) {
            output.close();
        }
        session.close();
    }

    private interface Elements {
        double get(int i);
    }

    private static float[] floats(int count, Elements elements) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) elements.get(i);
        }
        return values;
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
            case IntTensor t
            when t.type() == DataType.INT32 ->
                OnnxTensor.createTensor(
                        environment,
                        IntBuffer.wrap(t.array(), t.offset(), t.size()).slice(),
                        shape);
            case ByteTensor t
            when t.type() == DataType.UINT8 ->
                OnnxTensor.createTensor(
                        environment,
                        ByteBuffer.wrap(t.array(), t.offset(), t.size()).slice(),
                        shape,
                        OnnxJavaType.UINT8);
            default ->
                throw new IllegalArgumentException(
                        "cannot give a " + tensor + " to ONNX Runtime: expected float, int64, int32 or uint8");
        };
    }
}
