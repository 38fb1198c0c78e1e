package org.lanewise.runtime.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A node, its inputs and what another runtime made of them, from a text of one line each: {@code case NAME DOMAIN OP OPSET}, {@code attr NAME KIND VALUE}, {@code in|const|out TYPE DIMS HEX} (dimensions with commas, {@code -} for a scalar; bytes little-endian) and {@code absent}.
 *
 * @param name what the case is about
 * @param lines those behind its first
 */
public record RecordedCase(String name, String domain, String opType, int opset, List<String[]> lines) {
    /** The cases of a resource beside {@code owner}. */
    public static List<RecordedCase> read(Class<?> owner, String resource) {
        List<RecordedCase> cases = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(owner.getResourceAsStream(resource), resource)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] words = line.split(" ");
                if (words[0].equals("case")) {
                    cases.add(new RecordedCase(
                            words[1], words[2], words[3], Integer.parseInt(words[4]), new ArrayList<>()));
                } else if (!line.isBlank()) {
                    cases.getLast().lines.add(words);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cases;
    }

    /** What is expected. */
    public List<Tensor> expected() {
        return lines.stream()
                .filter(words -> words[0].equals("out"))
                .map(RecordedCase::tensor)
                .toList();
    }

    /** The model of the node. */
    public NodeModel model(boolean constants) {
        NodeModel model = NodeModel.of(domain.equals("-") ? "" : domain, opType, opset);
        int outputs = 0;
        for (String[] words : lines) {
            switch (words[0]) {
                case "attr" -> attribute(model, words[1], words[2], words[3]);
                case "absent" -> model.absent();
                case "in" -> model.input(tensor(words));
                case "const" -> {
                    Tensor value = tensor(words);
                    model = constants ? model.constant(value) : model.input(value);
                }
                case "out" -> outputs++;
                default -> throw new IllegalStateException("no such line: " + String.join(" ", words));
            }
        }
        return model.outputs(outputs);
    }

    private static void attribute(NodeModel model, String name, String kind, String value) {
        switch (kind) {
            case "i" -> model.with(name, Long.parseLong(value));
            case "f" -> model.with(name, Float.parseFloat(value));
            case "s" -> model.with(name, value);
            case "is" ->
                model.with(
                        name,
                        Arrays.stream(value.split(","))
                                .mapToLong(Long::parseLong)
                                .toArray());
            case "ss" -> model.with(name, List.of(value.split(",")));
            default -> throw new IllegalStateException("no such kind of attribute: " + kind);
        }
    }

    private static Tensor tensor(String[] words) {
        DataType type = DataType.valueOf(words[1]);
        int[] dims = words[2].equals("-")
                ? new int[0]
                : Arrays.stream(words[2].split(",")).mapToInt(Integer::parseInt).toArray();
        Tensor tensor = Tensor.allocate(type, Shape.of(dims));
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(words.length > 3 ? words[3] : ""))
                .order(ByteOrder.LITTLE_ENDIAN);
        switch (tensor.storage()) {
            case byte[] a -> bytes.get(a);
            case short[] a -> bytes.asShortBuffer().get(a);
            case int[] a -> bytes.asIntBuffer().get(a);
            case long[] a -> bytes.asLongBuffer().get(a);
            case double[] a -> bytes.asDoubleBuffer().get(a);
            case float[] a -> bytes.asFloatBuffer().get(a);
            default -> throw new IllegalStateException("no recorded tensors of " + type);
        }
        return tensor;
    }

    /** Why {@code got} is not what is expected, or {@code null}: integers must be equal, floating values within 2e-5 of the largest magnitude. */
    public @Nullable String difference(List<Tensor> got) {
        List<Tensor> expected = expected();
        for (int i = 0; i < expected.size(); i++) {
            Tensor e = expected.get(i);
            Tensor g = got.get(i);
            if (!e.shape().equals(g.shape())) {
                return "output " + i + " is " + g + ", expected " + e;
            }
            double largest = 1e-6;
            for (int j = 0; j < e.size(); j++) {
                largest = Math.max(largest, Math.abs(e.getDouble(j)));
            }
            double tolerance = !g.type().isFloating() ? 0 : g.type() == DataType.FLOAT ? 2e-5 : 1e-3;
            for (int j = 0; j < e.size(); j++) {
                if (!(Math.abs(e.getDouble(j) - g.getDouble(j)) <= tolerance * largest)) {
                    return "output " + i + ", element " + j + " is " + g.getDouble(j) + ", expected " + e.getDouble(j);
                }
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return opType + " " + name;
    }
}
