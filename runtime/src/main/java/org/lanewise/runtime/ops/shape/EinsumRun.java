package org.lanewise.runtime.ops.shape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.MatMul;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** One evaluation of {@link Einsum}. */
final class EinsumRun {
    private final OpContext context;
    private final EinsumEquation.Bound equation;
    private final DataType type;
    private final List<Term> terms = new ArrayList<>();
    private final Map<Integer, Integer> sizes = new HashMap<>();

    /** A tensor whose axes have labels, walked with strides: 0 where it is repeated. */
    private record Term(Tensor tensor, int[] labels, int[] strides) {
        int stride(int label) {
            int stride = 0;
            for (int i = 0; i < labels.length; i++) {
                stride += labels[i] == label ? strides[i] : 0; // a label that occurs twice walks the diagonal
            }
            return stride;
        }
    }

    EinsumRun(OpContext context, EinsumEquation.Bound equation, Tensor[] inputs) {
        this.context = context;
        this.equation = equation;
        this.type = inputs[0].type();
        for (int i = 0; i < inputs.length; i++) {
            for (int axis = 0; axis < equation.operands()[i].length; axis++) {
                int dim = inputs[i].shape().dim(axis);
                int known = sizes.getOrDefault(equation.operands()[i][axis], 1);
                if (known != dim && known != 1 && dim != 1) {
                    throw new IllegalArgumentException("sizes " + known + " and " + dim + " of label '"
                            + name(equation.operands()[i][axis]) + "' differ");
                }
                sizes.put(equation.operands()[i][axis], known == 1 ? dim : known);
            }
        }
        for (int i = 0; i < inputs.length; i++) {
            Tensor input = computed(inputs[i]);
            int[] strides = input.shape().strides();
            for (int axis = 0; axis < strides.length; axis++) {
                strides[axis] = input.shape().dim(axis) == 1 ? 0 : strides[axis];
            }
            terms.add(new Term(input, equation.operands()[i], strides));
        }
    }

    /** How messages name a label. */
    static String name(int label) {
        return label < 0 ? "..." : Character.toString(label);
    }

    private int size(int label) {
        return Objects.requireNonNull(sizes.get(label));
    }

    /** Integers below 32 bits are computed with 32 bits, which gives the same low bits. */
    private static Tensor computed(Tensor tensor) {
        return switch (tensor.type()) {
            case FLOAT, DOUBLE, INT32, UINT32, INT64, UINT64 -> tensor;
            default -> converted(tensor, DataType.INT32, tensor.shape());
        };
    }

    private static Tensor converted(Tensor tensor, DataType type, Shape shape) {
        Tensor result = Tensor.allocate(type, shape);
        for (int i = 0; i < tensor.size(); i++) {
            Numbers.setLong(result, i, tensor.getLong(i));
        }
        return result;
    }

    void run() {
        Term first = reduced(terms.getFirst(), 1);
        for (int i = 1; i < terms.size(); i++) {
            first = contracted(first, reduced(terms.get(i), i + 1), i + 1);
        }
        int[] labels = equation.result();
        Shape shape = shape(labels);
        if (first.tensor.type() == type) {
            copy(first, labels, context.output(0, type, shape));
            return;
        }
        Tensor wide = Tensor.allocate(first.tensor.type(), shape);
        copy(first, labels, wide);
        context.output(0, converted(wide, type, shape));
    }

    /** Whether a label is in the result or in an operand from {@code next} on. */
    private boolean isNeeded(int label, int next) {
        boolean needed = EinsumEquation.has(equation.result(), label);
        for (int i = next; i < terms.size(); i++) {
            needed |= EinsumEquation.has(terms.get(i).labels, label);
        }
        return needed;
    }

    private boolean isIn(Term term, int label) {
        return EinsumEquation.has(term.labels, label);
    }

    /** The term with the labels summed that nobody else has: a product with a vector of ones. */
    private Term reduced(Term term, int next) {
        int self = next - 1;
        IntPredicate elsewhere = label -> {
            boolean found = isNeeded(label, next);
            for (int i = 0; i < self; i++) {
                found |= isIn(terms.get(i), label);
            }
            return found;
        };
        int[] kept = distinct(term.labels, elsewhere);
        int[] summed = distinct(term.labels, elsewhere.negate());
        if (summed.length == 0) {
            return term;
        }
        int count = shape(summed).size();
        Tensor matrix = arranged(term, joined(kept, summed), Shape.of(shape(kept).size(), count));
        Tensor ones = Tensor.allocate(matrix.type(), Shape.of(count, 1));
        for (int i = 0; i < count; i++) {
            Numbers.setLong(ones, i, 1);
        }
        Tensor sums = Tensor.allocate(matrix.type(), Shape.of(shape(kept).size(), 1));
        MatMul.multiply(context, matrix, ones, sums);
        return new Term(sums, kept, shape(kept).strides());
    }

    private Term contracted(Term a, Term b, int next) {
        int[] batch = distinct(a.labels, label -> isIn(b, label) && isNeeded(label, next));
        int[] summed = distinct(a.labels, label -> isIn(b, label) && !isNeeded(label, next));
        int[] rows = distinct(a.labels, label -> !isIn(b, label));
        int[] columns = distinct(b.labels, label -> !isIn(a, label));
        int batches = shape(batch).size();
        int m = shape(rows).size();
        int k = shape(summed).size();
        int n = shape(columns).size();
        Tensor left = arranged(a, joined(batch, rows, summed), Shape.of(batches, m, k));
        Tensor right = arranged(b, joined(batch, summed, columns), Shape.of(batches, k, n));
        Tensor product = Tensor.allocate(left.type(), Shape.of(batches, m, n));
        MatMul.multiply(context, left, right, product);
        int[] labels = joined(batch, rows, columns);
        return new Term(product, labels, shape(labels).strides());
    }

    /** The term's elements in the order of {@code labels}, contiguous. */
    private Tensor arranged(Term term, int[] labels, Shape as) {
        boolean inOrder = term.labels.length == labels.length && term.tensor.size() == as.size();
        int[] strides = shape(labels).strides();
        for (int i = 0; i < labels.length && inOrder; i++) {
            inOrder = term.labels[i] == labels[i] && (size(labels[i]) == 1 || term.strides[i] == strides[i]);
        }
        if (inOrder) {
            return term.tensor.reshape(as);
        }
        Tensor result = Tensor.allocate(term.tensor.type(), as);
        copy(term, labels, result);
        return result;
    }

    private void copy(Term term, int[] labels, Tensor target) {
        int[] dims = shape(labels).toArray();
        int[] strides = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            strides[i] = term.stride(labels[i]);
        }
        if (target.size() > 0) {
            Moves.strided(context, dims, term.tensor, 0, strides, target, 0, Shape.of(dims).strides());
        }
    }

    private Shape shape(int[] labels) {
        int[] dims = new int[labels.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = size(labels[i]);
        }
        return Shape.of(dims);
    }

    private static int[] distinct(int[] labels, IntPredicate which) {
        return java.util.Arrays.stream(labels).filter(which).distinct().toArray();
    }

    private static int[] joined(int[]... parts) {
        return java.util.Arrays.stream(parts).flatMapToInt(java.util.Arrays::stream).toArray();
    }
}
