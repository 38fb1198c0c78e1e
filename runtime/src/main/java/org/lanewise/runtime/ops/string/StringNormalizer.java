package org.lanewise.runtime.ops.string;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
 * Drops stop words from a row of strings, (C) or (1, C), and changes the case of the rest; one empty string remains when all are dropped. ONNX
 * {@code StringNormalizer}-10.
 *
 * @param upper {@code true} for upper case, {@code false} for lower case, {@code null} for no change
 * @param caseSensitive whether a stop word must match in case
 * @param stopWords the stop words, in lower case when the case does not matter
 * @param locale whose case rules hold
 */
public record StringNormalizer(@Nullable Boolean upper, boolean caseSensitive, Set<String> stopWords, Locale locale)
        implements Operator {
    /** From a node. */
    public static StringNormalizer create(NodeSpec spec) {
        spec.inputs(1, 1);
        String action = spec.stringAttribute("case_change_action", "NONE");
        Boolean upper = switch (action) {
            case "UPPER" -> true;
            case "LOWER" -> false;
            case "NONE" -> null;
            default -> throw spec.refuse("case_change_action '" + action + "' is not known");
        };
        boolean caseSensitive = spec.flag("is_case_sensitive", false);
        Locale locale =
                Locale.forLanguageTag(spec.stringAttribute("locale", "en_US").replace('_', '-'));
        Set<String> words = new HashSet<>();
        List<String> given = spec.stringsAttribute("stopwords");
        for (String word : given == null ? List.<String>of() : given) {
            words.add(caseSensitive ? word : word.toLowerCase(locale));
        }
        return new StringNormalizer(upper, caseSensitive, Set.copyOf(words), locale);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Strings.expect(context, 0);
        PartialShape in = context.inputShape(0);
        if (in.isRanked()) {
            check(in);
            long count = stopWords.isEmpty() && in.dim(-1) != 0 ? in.dim(-1) : PartialShape.UNKNOWN;
            in = in.rank() == 1 ? PartialShape.of(count) : PartialShape.of(1, count);
        }
        context.output(0, DataType.STRING, in);
    }

    @Override
    public void run(OpContext context) {
        StringTensor in = (StringTensor) context.input(0);
        check(PartialShape.of(in.shape()));
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            String word = in.get(i);
            if (!stopWords.contains(caseSensitive ? word : word.toLowerCase(locale))) {
                kept.add(upper == null ? word : upper ? word.toUpperCase(locale) : word.toLowerCase(locale));
            }
        }
        if (kept.isEmpty()) {
            kept.add("");
        }
        Tensor out = Tensor.of(kept.toArray(String[]::new));
        context.output(0, in.shape().rank() == 1 ? out : out.reshape(Shape.of(1, kept.size())));
    }

    private static void check(PartialShape in) {
        if (in.rank() < 1 || in.rank() > 2 || in.rank() == 2 && in.dim(0) > 1) {
            throw new IllegalArgumentException("input has shape " + in + ", expected [C] or [1,C]");
        }
    }
}
