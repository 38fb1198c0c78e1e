package org.lanewise.runtime.ops.control;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Runs a subgraph once for each step of its M scan inputs. The body takes N states and one element of each scan input, and gives the next N states and K
 * elements that are stacked. Outputs: the last states, then the stacks. ONNX {@code Scan}-9 and later: axes and directions can be chosen. In {@code Scan}-8 the
 * first axis of everything is a batch, the second is scanned, and input 0 may limit the steps of each sample; steps beyond give zeros.
 *
 * @param body the subgraph
 * @param scans M
 * @param axes of each scan input and each stack
 * @param reversed of each scan input and each stack: whether the last step comes first
 * @param batched whether this is {@code Scan}-8
 */
public record Scan(Graph body, int scans, long[] axes, boolean[] reversed, boolean batched)
        implements Operator, HasSubgraphs {
    /** From a node. */
    public static Scan create(NodeSpec spec) {
        boolean batched = spec.opset() < 9;
        Graph body = spec.graphAttribute("body");
        long scans = spec.requiredInt("num_scan_inputs");
        int given = spec.inputCount() - (batched ? 1 : 0);
        if (scans < 1 || scans > given || body.inputs().size() != given) {
            throw spec.refuse("num_scan_inputs is " + scans + " of " + given + " states and scan inputs, body '"
                    + body.name() + "' has " + body.inputs().size() + " inputs");
        }
        int inputs = (int) scans;
        int stacks = body.outputs().size() - (given - inputs);
        if (stacks < 0 || body.outputs().size() < spec.outputCount()) {
            throw spec.refuse("body '" + body.name() + "' has " + body.outputs().size() + " outputs, expected "
                    + spec.outputCount());
        }
        long[] axes = new long[inputs + stacks];
        long[] directions = new long[inputs + stacks];
        if (batched) {
            copy(spec, "directions", directions, 0, inputs);
        } else {
            copy(spec, "scan_input_axes", axes, 0, inputs);
            copy(spec, "scan_output_axes", axes, inputs, stacks);
            copy(spec, "scan_input_directions", directions, 0, inputs);
            copy(spec, "scan_output_directions", directions, inputs, stacks);
        }
        boolean[] reversed = new boolean[directions.length];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = directions[i] != 0;
        }
        return new Scan(body, inputs, axes, reversed, batched);
    }

    private static void copy(NodeSpec spec, String name, long[] target, int at, int count) {
        long[] values = spec.intsAttribute(name);
        if (values == null) {
            return;
        }
        if (values.length != count) {
            throw spec.refuse("attribute '" + name + "' has " + values.length + " values, expected " + count);
        }
        System.arraycopy(values, 0, target, at, count);
    }

    @Override
    public List<Graph> subgraphs() {
        return List.of(body);
    }

    private int states() {
        return body.inputs().size() - scans;
    }

    private int firstInput() {
        return batched ? 1 : 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        int states = states();
        List<ValueType> types = new ArrayList<>();
        long steps = PartialShape.UNKNOWN;
        long batch = PartialShape.UNKNOWN;
        for (int i = 0; i < states + scans; i++) {
            int input = firstInput() + i;
            PartialShape shape = context.inputShape(input);
            if (batched && shape.isRanked()) {
                batch = Math.max(batch, shape.dim(0));
                shape = without(shape, 0);
            }
            if (i >= states && shape.isRanked()) {
                int axis = Shape.axis(axes[i - states], shape.rank());
                long length = shape.dim(axis);
                if (length >= 0 && steps >= 0 && length != steps) {
                    throw new IllegalArgumentException(
                            "scan input " + (i - states) + " has " + length + " steps, others have " + steps);
                }
                steps = Math.max(steps, length);
                shape = without(shape, axis);
            }
            types.add(ValueType.tensor(context.inputType(input), shape));
        }
        List<ValueType> outputs = CarriedTypes.infer(context, types, 0, 0, states);
        for (int i = 0; i < outputs.size(); i++) {
            ValueType type =
                    i < states ? types.get(i) : ScanOutput.type(outputs.get(i), axes[scans + i - states], steps);
            context.output(i, batched ? ScanOutput.type(type, 0, batch) : type);
        }
    }

    private static PartialShape without(PartialShape shape, int axis) {
        long[] dims = shape.toArray();
        long[] rest = new long[dims.length - 1];
        System.arraycopy(dims, 0, rest, 0, axis);
        System.arraycopy(dims, axis + 1, rest, axis, rest.length - axis);
        return PartialShape.of(rest);
    }

    @Override
    public void run(OpContext context) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < states() + scans; i++) {
            inputs.add(context.input(firstInput() + i));
        }
        if (batched) {
            runBatch(context, inputs, context.optionalInput(0));
            return;
        }
        int steps = steps(inputs, 0);
        @Nullable Tensor[] stacks = new Tensor[body.outputs().size()];
        List<OnnxValue> states = scan(
                context,
                inputs,
                steps,
                steps,
                (output, element) -> {
                    Shape shape = ScanOutput.shape(element.shape(), axes[scans + output - states()], steps);
                    return context.output(output, element.type(), shape);
                },
                stacks);
        for (int i = 0; i < states.size(); i++) {
            context.output(i, states.get(i));
        }
        for (int i = states.size(); i < stacks.length; i++) {
            if (stacks[i] == null) {
                context.output(
                        i, ScanOutput.empty(context.subgraphOutputTypes(0).get(i), axes[scans + i - states.size()]));
            }
        }
    }

    private void runBatch(OpContext context, List<Tensor> inputs, @Nullable Tensor lengths) {
        int batch = inputs.getFirst().shape().dim(0);
        int steps = steps(inputs, 1);
        @Nullable Tensor[] whole = new Tensor[body.outputs().size()];
        for (int n = 0; n < batch; n++) {
            int sample = n;
            List<Tensor> own =
                    inputs.stream().map(tensor -> sample(tensor, sample)).toList();
            int length = lengths == null ? steps : Math.toIntExact(lengths.getLong(n));
            @Nullable Tensor[] stacks = new Tensor[whole.length];
            List<OnnxValue> outputs = new ArrayList<>(scan(
                    context,
                    own,
                    steps,
                    length,
                    (output, element) -> Tensor.allocate(element.type(), ScanOutput.shape(element.shape(), 0, steps)),
                    stacks));
            for (int i = outputs.size(); i < stacks.length; i++) {
                Tensor stack = stacks[i];
                outputs.add(stack == null ? emptyStack(context, i, steps) : stack);
            }
            for (int i = 0; i < whole.length; i++) {
                Tensor part = (Tensor) outputs.get(i);
                Tensor target = whole[i];
                if (target == null) {
                    target = context.output(i, part.type(), ScanOutput.shape(part.shape(), 0, batch));
                    whole[i] = target;
                }
                ScanOutput.put(context, part, target, 0, n);
            }
        }
        for (int i = 0; i < whole.length && batch == 0; i++) {
            context.output(i, ScanOutput.empty(context.subgraphOutputTypes(0).get(i), 0));
        }
    }

    private static Tensor emptyStack(OpContext context, int output, int steps) {
        Tensor none = ScanOutput.empty(context.subgraphOutputTypes(0).get(output), 0);
        return Tensor.allocate(none.type(), none.shape().with(0, steps));
    }

    private static Tensor sample(Tensor tensor, int n) {
        int[] dims = tensor.shape().toArray();
        Shape shape = Shape.of(java.util.Arrays.copyOfRange(dims, 1, dims.length));
        return tensor.slice(n * shape.size(), shape);
    }

    private int steps(List<Tensor> inputs, int batchAxes) {
        int steps = -1;
        for (int i = 0; i < scans; i++) {
            Shape shape = inputs.get(states() + i).shape();
            int length = shape.dim(batchAxes + Shape.axis(axes[i], shape.rank() - batchAxes));
            if (steps >= 0 && steps != length) {
                throw new IllegalArgumentException(
                        "scan input " + i + " has " + length + " steps, others have " + steps);
            }
            steps = length;
        }
        return steps;
    }

    /** Makes the tensor that a stacked output goes to, when its first element is there. */
    private interface Stacks {
        Tensor make(int output, Tensor element);
    }

    private List<OnnxValue> scan(
            OpContext context, List<Tensor> inputs, int steps, int count, Stacks maker, @Nullable Tensor[] stacks) {
        int states = states();
        if (count < 0 || count > steps) {
            throw new IllegalArgumentException("a sequence has " + count + " steps, the scan inputs have " + steps);
        }
        List<OnnxValue> values = new ArrayList<>(inputs.subList(0, states));
        for (int t = 0; t < count; t++) {
            List<OnnxValue> given = new ArrayList<>(values);
            for (int i = 0; i < scans; i++) {
                given.add(element(context, inputs.get(states + i), axes[i], reversed[i] ? count - 1 - t : t));
            }
            List<OnnxValue> outputs = context.runSubgraph(0, given);
            values = outputs.subList(0, states);
            for (int i = states; i < outputs.size(); i++) {
                int k = scans + i - states;
                Tensor element = (Tensor) outputs.get(i);
                Tensor stack = stacks[i];
                if (stack == null) {
                    stack = maker.make(i, element);
                    stacks[i] = stack;
                }
                ScanOutput.put(context, element, stack, axes[k], reversed[k] ? count - 1 - t : t);
            }
        }
        return values;
    }

    private static Tensor element(OpContext context, Tensor tensor, long axis, int index) {
        Shape shape = tensor.shape();
        int at = shape.axis(axis);
        Shape part = without(PartialShape.of(shape), at).toShape();
        int outer = shape.sizeBetween(0, at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        if (outer == 1) {
            return tensor.slice(index * inner, part);
        }
        Tensor element = Tensor.allocate(tensor.type(), part);
        if (part.size() > 0) {
            Moves.rows(context, outer, inner, tensor, index * inner, shape.dim(at) * inner, element, 0, inner);
        }
        return element;
    }
}
