package org.lanewise.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** The smallest program that opens a model, runs it once and says so: what {@link Startup} times. Arguments: runtime, model, inputs. */
final class FirstAnswer {
    /** What it says on standard output once it has an answer. */
    static final int ANSWERED = 'A';

    private FirstAnswer() {}

    /** Answers. */
    public static void main(String[] args) throws Exception {
        Map<String, Input> inputs = read(Path.of(args[2]));
        int values = args[0].equals(LocalRunner.LANEWISE)
                ? lanewise(Path.of(args[1]), inputs)
                : onnxRuntime(args[1], inputs);
        System.out.write(values > 0 ? ANSWERED : '?');
        System.out.flush();
    }

    /** An input without the types of a runtime: fp32 or int64. */
    private record Input(long[] shape, float[] floats, long[] longs) {}

    private static int lanewise(Path model, Map<String, Input> inputs) {
        try (Session session = Session.open(model)) {
            Map<String, Tensor> tensors = new HashMap<>();
            inputs.forEach((name, input) -> tensors.put(
                    name,
                    input.longs.length > 0
                            ? Tensor.wrap(DataType.INT64, Shape.of(input.shape), input.longs, 0)
                            : Tensor.wrap(DataType.FLOAT, Shape.of(input.shape), input.floats, 0)));
            return session.run(tensors).values().iterator().next().toFloatArray().length;
        }
    }

    private static int onnxRuntime(String model, Map<String, Input> inputs) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model)) {
            Map<String, OnnxTensorLike> tensors = new HashMap<>();
            for (Map.Entry<String, Input> entry : inputs.entrySet()) {
                Input input = entry.getValue();
                tensors.put(
                        entry.getKey(),
                        input.longs.length > 0
                                ? OnnxTensor.createTensor(environment, LongBuffer.wrap(input.longs), input.shape)
                                : OnnxTensor.createTensor(environment, FloatBuffer.wrap(input.floats), input.shape));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                return result.get(0) instanceof OnnxTensor tensor
                        ? tensor.getFloatBuffer().remaining()
                        : 0;
            }
        }
    }

    /** Writes inputs for {@link #main} to read. */
    static void write(Path file, Map<String, OnnxValue> inputs) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(inputs.size());
            for (Map.Entry<String, OnnxValue> input : inputs.entrySet()) {
                Tensor tensor = (Tensor) input.getValue();
                boolean integers = tensor.type() == DataType.INT64;
                if (!integers && tensor.type() != DataType.FLOAT) {
                    throw new IllegalArgumentException("input '" + input.getKey() + "' is neither fp32 nor int64");
                }
                out.writeUTF(input.getKey());
                out.writeBoolean(integers);
                out.writeInt(tensor.shape().rank());
                for (long dim : tensor.shape().toLongArray()) {
                    out.writeLong(dim);
                }
                out.writeInt(tensor.size());
                for (int i = 0; i < tensor.size(); i++) {
                    if (integers) {
                        out.writeLong(tensor.getLong(i));
                    } else {
                        out.writeFloat((float) tensor.getDouble(i));
                    }
                }
            }
        }
    }

    private static Map<String, Input> read(Path file) throws IOException {
        Map<String, Input> inputs = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                String name = in.readUTF();
                boolean integers = in.readBoolean();
                long[] shape = new long[in.readInt()];
                for (int d = 0; d < shape.length; d++) {
                    shape[d] = in.readLong();
                }
                int size = in.readInt();
                float[] floats = new float[integers ? 0 : size];
                long[] longs = new long[integers ? size : 0];
                for (int j = 0; j < size; j++) {
                    if (integers) {
                        longs[j] = in.readLong();
                    } else {
                        floats[j] = in.readFloat();
                    }
                }
                inputs.put(name, new Input(shape, floats, longs));
            }
        }
        return inputs;
    }
}
