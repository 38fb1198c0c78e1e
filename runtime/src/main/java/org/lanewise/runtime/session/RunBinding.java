package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A session bound to memory: every run reads the same input tensors, whose elements the caller changes between runs, and writes the same output tensors. In the
 * steady state, when all shapes follow from the inputs', a run allocates nothing and looks nothing up.
 *
 * <pre>{@code
 * FloatTensor row = Tensor.of(new float[30], 1, 30);
 * RunBinding binding = session.bind(Map.of("measurements", row));
 * FloatTensor scores = (FloatTensor) binding.output("scores");
 * for (float[] measured : rows) {
 *     System.arraycopy(measured, 0, row.array(), 0, 30);
 *     binding.run();
 *     use(scores.get(0));
 * }
 * }</pre>
 *
 * <p>A binding owns working memory and is not safe for use by two threads at the same time; several threads take a binding each, of one session. Neither inputs
 * nor outputs may be touched during a run.
 */
public final class RunBinding {
    private final Session session;
    private final RunContext context;
    private final List<ValueInfo> outputInfos;
    private final @Nullable Tensor[] places;
    private final @Nullable OnnxValue[] outputs;

    RunBinding(Session session, RunContext context, List<ValueInfo> outputInfos, @Nullable Tensor[] places) {
        this.session = session;
        this.context = context;
        this.outputInfos = outputInfos;
        this.places = places;
        this.outputs = Arrays.copyOf(places, places.length, OnnxValue[].class);
    }

    /**
     * Runs the model on what the input tensors hold now.
     *
     * @throws RunException if a node fails, memory runs out, an output does not fit the tensor it is bound to, or the session is closed
     */
    public void run() {
        session.refuseClosed();
        try {
            context.run(null);
            for (int i = 0; i < places.length; i++) {
                OnnxValue value = context.computed(i);
                Tensor place = places[i];
                if (place == null) {
                    outputs[i] = context.output(i);
                } else if (value != place) {
                    move(i, value, place);
                }
            }
        } finally {
            context.finish();
        }
    }

    private void move(int i, OnnxValue value, Tensor place) {
        if (!(value instanceof Tensor tensor)
                || tensor.type() != place.type()
                || !tensor.shape().equals(place.shape())) {
            throw new RunException(
                    "output '" + outputInfos.get(i).name() + "' is " + value + ", it is bound to " + place);
        }
        if (tensor.storage() == place.storage() && tensor.offset() == place.offset()) {
            return; // a view of what was made in its place
        }
        place.copyFrom(0, tensor, 0, tensor.size());
    }

    /**
     * The tensor that holds an output after each run, the same one for as long as its shape is known from the inputs' shapes; else that of the last run.
     *
     * @throws RunException if there is no such output, it is no tensor, or its shape is not known before the first run
     */
    public Tensor output(String name) {
        for (int i = 0; i < outputs.length; i++) {
            if (outputInfos.get(i).name().equals(name)) {
                if (outputs[i] instanceof Tensor tensor) {
                    return tensor;
                }
                throw new RunException("output '" + name + "' is " + (outputs[i] == null ? "not known yet" : outputs[i])
                        + ", expected a tensor");
            }
        }
        throw new RunException("unknown output '" + name + "': the model has " + outputInfos);
    }
}
