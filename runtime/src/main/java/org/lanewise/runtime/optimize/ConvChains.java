package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvChain;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.fused.FusedConv;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Makes a depthwise channels-last {@code Conv} of {@code org.lanewise} with the convolution before it and the 1x1 convolution behind it, either of which may be missing, one {@code org.lanewise.ConvChain} where nobody else
 * reads what is between them and so much is between them that it would leave the second-level cache: bands of rows pass through all of them instead.
 *
 * <p>Only where {@link Processor#SHARED_PORTS}: it was measured on such a processor only, whose next cache is far away (docs/kernels-measured.md).
 */
public final class ConvChains implements Pass {
    private static final int Z = 3;

    private final boolean wanted;

    /** The pass, for this processor. */
    public ConvChains() {
        this(Processor.SHARED_PORTS);
    }

    /** The pass, on any processor or on none. */
    ConvChains(boolean wanted) {
        this.wanted = wanted;
    }

    /** A convolution that may be part of a chain, over the declared image. */
    private record Stage(Node node, ConvRunner runner, ConvGeometry geometry) {}

    @Override
    public String name() {
        return "conv-chains";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        if (!wanted) {
            return;
        }
        editor.forEach(node -> {
            Stage middle = stage(editor, types, node);
            if (middle == null || !middle.geometry.isDepthwise()) {
                return;
            }
            List<Stage> chain = chain(editor, types, middle);
            if (chain.size() > 1
                    && ConvChain.pays(chain.stream().map(Stage::geometry).toList())) {
                Node first = chain.getFirst().node;
                editor.fuse(
                        first,
                        chain.getLast().node,
                        List.of(chained(chain)),
                        "runs with the convolutions behind it, in bands");
            }
        });
    }

    /** A depthwise convolution with those around it that can be computed with it. */
    private static List<Stage> chain(GraphEditor editor, Inference types, Stage middle) {
        List<Stage> chain = new ArrayList<>(List.of(middle));
        Node producer = editor.producer(middle.node.input(0));
        Stage before = producer == null ? null : stage(editor, types, producer);
        if (before != null
                && !before.geometry.isDepthwise()
                && !middle.runner.form().planarInput()
                && !hasResidual(before.node)
                && editor.onlyConsumer(before.node.output(0)) == middle.node) {
            chain.addFirst(before);
        }
        Node consumer = hasResidual(middle.node) ? null : editor.onlyConsumer(middle.node.output(0));
        Stage after = consumer == null ? null : stage(editor, types, consumer);
        if (after != null
                && after.geometry.isPointwise()
                && !after.geometry.isDepthwise()
                && after.node.input(0).equals(middle.node.output(0))
                && addsNothingBut(chain.getFirst().node.input(0), after.node, types)) {
            chain.addLast(after);
        }
        boolean alone = addsNothingBut(chain.getFirst().node.input(0), chain.getLast().node, types);
        return alone ? chain : List.of(middle);
    }

    private static boolean hasResidual(Node node) {
        return !node.input(Z).isEmpty();
    }

    /** Whether there is no residual, or it is {@code x}, of the output's shape: what is there before the chain begins. */
    private static boolean addsNothingBut(String x, Node node, Inference types) {
        return !hasResidual(node) || node.input(Z).equals(x) && types.shape(x).equals(types.shape(node.output(0)));
    }

    /** The convolution if it is of floats, over an image of known size, with constant weights and nothing that decides otherwise how it is computed. */
    private static @Nullable Stage stage(GraphEditor editor, Inference types, Node node) {
        PartialShape x = types.shape(node.input(0));
        boolean candidate = Rewrites.isLanewise(node, "Conv")
                && types.elementType(node.input(0)) == DataType.FLOAT
                && x.rank() == 4
                && editor.isConstant(node.input(1))
                && (node.input(2).isEmpty() || editor.isConstant(node.input(2)));
        if (!candidate) {
            return null;
        }
        ConvRunner runner = FusedConv.create(new NodeSpec(node)).runner();
        PartialShape w = types.shape(node.input(1));
        PartialShape image = x.dim(0) < 0 ? x.with(0, 1) : x;
        if (!runner.form().channelsLast()
                || runner.form().planarOutput()
                || runner.form().winograd()
                || runner.form().sparse() != null
                || runner.window().autoPad() != AutoPad.NOTSET
                || !image.isKnown()
                || image.toShape().size() == 0
                || w.toShape().size() == 0) {
            return null;
        }
        ConvGeometry g = runner.geometry(image.toShape(), w.toShape());
        return ConvChain.computes(g, true) && g.outputSize() > 0 ? new Stage(node, runner, g) : null;
    }

    private static Node chained(List<Stage> chain) {
        Node first = chain.getFirst().node;
        Node last = chain.getLast().node;
        List<String> inputs = new ArrayList<>(List.of(first.input(0), last.input(Z)));
        for (Stage stage : chain) {
            inputs.add(stage.node.input(1));
            inputs.add(stage.node.input(2));
        }
        if (inputs.getLast().isEmpty()) {
            inputs.removeLast();
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put(
                "strides", ints(chain, stage -> orElse(stage.runner.window().strides(), 2, 1)));
        attributes.put(
                "dilations", ints(chain, stage -> orElse(stage.runner.window().dilations(), 2, 1)));
        attributes.put("pads", ints(chain, stage -> orElse(stage.runner.window().pads(), 4, 0)));
        attributes.put("group", ints(chain, stage -> new int[] {stage.runner.group()}));
        List<String> kinds = new ArrayList<>();
        float[] alphas = new float[chain.size()];
        float[] betas = new float[chain.size()];
        for (int i = 0; i < chain.size(); i++) {
            var activation = chain.get(i).runner.activation();
            kinds.add(activation.kind().name().toLowerCase(Locale.ROOT));
            alphas[i] = activation.alpha();
            betas[i] = activation.beta();
        }
        attributes.put("activation", new Attribute.StringsValue(kinds));
        attributes.put("activation_alpha", new Attribute.FloatsValue(alphas));
        attributes.put("activation_beta", new Attribute.FloatsValue(betas));
        if (chain.getFirst().runner.form().planarInput()) {
            attributes.put("planar_input", new Attribute.IntValue(1));
        }
        return new Node(last.name(), Rewrites.LANEWISE, "ConvChain", 1, inputs, last.outputs(), attributes);
    }

    private static int[] orElse(int[] values, int count, int absent) {
        if (values.length > 0) {
            return values;
        }
        int[] all = new int[count];
        Arrays.fill(all, absent);
        return all;
    }

    private static Attribute ints(List<Stage> chain, Function<Stage, int[]> values) {
        return new Attribute.IntsValue(chain.stream()
                .flatMapToInt(stage -> Arrays.stream(values.apply(stage)))
                .asLongStream()
                .toArray());
    }
}
