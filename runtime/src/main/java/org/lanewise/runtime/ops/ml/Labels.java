package org.lanewise.runtime.ops.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;

/** The names of classes, integers or strings: one of the two is {@code null}. */
record Labels(long @Nullable [] ints, @Nullable List<String> strings) {
    /** From attributes of these names, of which one must be given. */
    static Labels create(NodeSpec spec, String intsName, String stringsName) {
        long[] ints = spec.intsAttribute(intsName);
        List<String> strings = spec.stringsAttribute(stringsName);
        boolean hasInts = ints != null && ints.length > 0;
        boolean hasStrings = strings != null && !strings.isEmpty();
        if (hasInts == hasStrings) {
            throw spec.refuse("needs either " + intsName + " or " + stringsName);
        }
        return hasInts ? new Labels(ints, null) : new Labels(null, strings);
    }

    /** Number of classes. */
    int size() {
        return ints != null ? ints.length : strings != null ? strings.size() : 0;
    }

    /** Element type of the labels. */
    DataType type() {
        return ints != null ? DataType.INT64 : DataType.STRING;
    }

    /** Writes the label of class {@code classes[row]} for each row to output 0. */
    void write(OpContext context, int[] classes) {
        var out = context.output(0, type(), Shape.of(classes.length));
        for (int row = 0; row < classes.length; row++) {
            if (out instanceof LongTensor y && ints != null) {
                y.array()[y.offset() + row] = ints[classes[row]];
            } else if (out instanceof StringTensor y && strings != null) {
                y.array()[y.offset() + row] = strings.get(classes[row]);
            }
        }
    }

    /** The first of the largest of {@code scores[at..at + n)}. */
    static int best(double[] scores, int at, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (scores[at + i] > scores[at + best]) {
                best = i;
            }
        }
        return best;
    }
}
