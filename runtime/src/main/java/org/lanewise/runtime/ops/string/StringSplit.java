package org.lanewise.runtime.ops.string;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Cuts strings at a delimiter, or at runs of white space when it is empty. Output 0 has one more axis for the parts, filled up with empty strings; output 1
 * holds the numbers of parts. After {@code maxsplit} cuts the rest stays whole. ONNX {@code StringSplit}-20.
 *
 * @param delimiter the delimiter, may be empty
 * @param maxSplit most cuts of one string
 */
public record StringSplit(String delimiter, long maxSplit) implements Operator {
    /** From a node. */
    public static StringSplit create(NodeSpec spec) {
        spec.inputs(1, 1);
        long most = spec.intAttribute("maxsplit", -1);
        return new StringSplit(spec.stringAttribute("delimiter", ""), most < 0 ? Long.MAX_VALUE : most);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Strings.expect(context, 0);
        PartialShape in = context.inputShape(0);
        PartialShape out = in;
        if (in.isRanked()) {
            long[] dims = Arrays.copyOf(in.toArray(), in.rank() + 1);
            dims[in.rank()] = PartialShape.UNKNOWN;
            out = PartialShape.of(dims);
        }
        context.output(0, DataType.STRING, out);
        context.output(1, DataType.INT64, in);
    }

    @Override
    public void run(OpContext context) {
        StringTensor in = (StringTensor) context.input(0);
        List<List<String>> parts = new ArrayList<>();
        int most = 0;
        for (int i = 0; i < in.size(); i++) {
            List<String> split = delimiter.isEmpty() ? atWhiteSpace(in.get(i)) : atDelimiter(in.get(i));
            parts.add(split);
            most = Math.max(most, split.size());
        }
        long[] dims = Arrays.copyOf(in.shape().toLongArray(), in.shape().rank() + 1);
        dims[dims.length - 1] = most;
        Tensor out = context.output(0, DataType.STRING, Shape.of(dims));
        String[] array = (String[]) out.storage();
        Arrays.fill(array, out.offset(), out.offset() + out.size(), "");
        long[] counts = new long[in.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = parts.get(i).size();
            for (int k = 0; k < counts[i]; k++) {
                array[out.offset() + i * most + k] = parts.get(i).get(k);
            }
        }
        context.output(1, Tensor.of(counts).reshape(in.shape()));
    }

    private List<String> atDelimiter(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(delimiter); at >= 0 && parts.size() < maxSplit; at = text.indexOf(delimiter, from)) {
            parts.add(text.substring(from, at));
            from = at + delimiter.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private List<String> atWhiteSpace(String text) {
        List<String> parts = new ArrayList<>();
        int at = skip(text, 0, true);
        while (at < text.length()) {
            int end = parts.size() < maxSplit ? skip(text, at, false) : text.length();
            parts.add(text.substring(at, end));
            at = skip(text, end, true);
        }
        return parts;
    }

    private static int skip(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at)) == space) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
