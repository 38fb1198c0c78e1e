package org.lanewise.benchmarks.built;

import java.util.Map;
import org.lanewise.runtime.graph.Model;

/** Image classifiers: (1, 3, 224, 224) to 1,000 logits. */
final class ConvNets {
    private static final int SIZE = 224;
    private static final int CLASSES = 1000;

    /** Output channels, blocks and stride of ResNet-50's stages; a block is a quarter as wide inside. */
    private static final int[][] RESNET_STAGES = {{256, 3, 1}, {512, 4, 2}, {1024, 6, 2}, {2048, 3, 2}};

    /** Expansion, output channels, blocks and stride, table 2 of Sandler et al. 2018. */
    private static final int[][] MOBILENET_STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    /** Channels and convolutions of VGG-16's stages, each followed by a pool. */
    private static final int[][] VGG_STAGES = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};

    /** The last normalization of a residual block: small, so that sixteen sums do not grow. */
    private static final double BRANCH_SCALE = 0.3;

    private ConvNets() {}

    /** ResNet-50 v1.5 (He et al. 2015; the stride is in the 3x3 convolution), with its normalizations as nodes. */
    static Model resnet50(Weights weights) {
        Network net = new Network("resnet50", weights);
        String x = net.conv("conv1", net.input("input", 1, 3, SIZE, SIZE), 3, 64, 7, 2, 1, 2, false);
        x = net.add("Relu", "relu", net.batchNorm("bn1", x, 64, 1));
        x = net.maxPool("maxpool", x, 3, 2, 1);
        int channels = 64;
        for (int stage = 0; stage < RESNET_STAGES.length; stage++) {
            int out = RESNET_STAGES[stage][0];
            for (int block = 0; block < RESNET_STAGES[stage][1]; block++) {
                int stride = block == 0 ? RESNET_STAGES[stage][2] : 1;
                x = bottleneck(net, "layer" + (stage + 1) + "." + block, x, channels, out, stride);
                channels = out;
            }
        }
        net.output("logits", net.linear("fc", net.pooled(x), channels, CLASSES, 1), 1, CLASSES);
        return net.model();
    }

    private static String bottleneck(Network net, String name, String x, int in, int out, int stride) {
        int width = out / 4;
        String y = net.conv(name + ".conv1", x, in, width, 1, 1, 1, 2, false);
        y = net.add("Relu", name + ".relu1", net.batchNorm(name + ".bn1", y, width, 1));
        y = net.conv(name + ".conv2", y, width, width, 3, stride, 1, 2, false);
        y = net.add("Relu", name + ".relu2", net.batchNorm(name + ".bn2", y, width, 1));
        y = net.conv(name + ".conv3", y, width, out, 1, 1, 1, 2, false);
        y = net.batchNorm(name + ".bn3", y, out, BRANCH_SCALE);
        String shortcut = x;
        if (in != out) {
            shortcut = net.conv(name + ".downsample.0", x, in, out, 1, stride, 1, 2, false);
            shortcut = net.batchNorm(name + ".downsample.1", shortcut, out, 1);
        }
        return net.add("Relu", name + ".relu", net.add("Add", name + ".add", y, shortcut));
    }

    /** MobileNetV2 1.0 (Sandler et al. 2018), with its normalizations and {@code Clip} nodes. */
    static Model mobilenetV2(Weights weights) {
        Network net = new Network("mobilenetv2", weights);
        net.scalar("zero", 0);
        net.scalar("six", 6);
        String x = net.input("input", 1, 3, SIZE, SIZE);
        x = clipped(net, "features.0", x, 3, 32, 3, 2, 1, 2);
        int channels = 32;
        int index = 1;
        for (int[] stage : MOBILENET_STAGES) {
            for (int block = 0; block < stage[2]; block++) {
                int stride = block == 0 ? stage[3] : 1;
                x = invertedResidual(net, "features." + index++, x, channels, stage[1], stage[0], stride);
                channels = stage[1];
            }
        }
        x = clipped(net, "features." + index, x, channels, 1280, 1, 1, 1, 1);
        net.output("logits", net.linear("classifier.1", net.pooled(x), 1280, CLASSES, 1), 1, CLASSES);
        return net.model();
    }

    private static String invertedResidual(
            Network net, String name, String x, int in, int out, int expansion, int stride) {
        int width = in * expansion;
        String y = expansion == 1 ? x : clipped(net, name + ".expand", x, in, width, 1, 1, 1, 1);
        y = clipped(net, name + ".depthwise", y, width, width, 3, stride, width, 2);
        y = net.conv(name + ".project", y, width, out, 1, 1, 1, 2, false);
        if (stride > 1 || in != out) {
            return net.batchNorm(name + ".project.bn", y, out, 1);
        }
        return net.add("Add", name + ".add", x, net.batchNorm(name + ".project.bn", y, out, BRANCH_SCALE));
    }

    private static String clipped(
            Network net, String name, String x, int in, int out, int kernel, int stride, int group, double gain) {
        String y = net.conv(name, x, in, out, kernel, stride, group, gain, false);
        return net.add("Clip", name + ".relu6", net.batchNorm(name + ".bn", y, out, 1), "zero", "six");
    }

    /** VGG-16, configuration D of Simonyan and Zisserman 2014. */
    static Model vgg16(Weights weights) {
        Network net = new Network("vgg16", weights);
        String x = net.input("input", 1, 3, SIZE, SIZE);
        int channels = 3;
        int index = 0;
        for (int[] stage : VGG_STAGES) {
            for (int i = 0; i < stage[1]; i++) {
                String name = "features." + index++;
                x = net.add("Relu", name + ".relu", net.conv(name, x, channels, stage[0], 3, 1, 1, 2, true));
                channels = stage[0];
            }
            x = net.maxPool("features." + index++ + ".pool", x, 2, 2, 0);
        }
        x = net.add("Flatten", "flatten", Map.of("axis", Network.integer(1)), x);
        x = net.add("Relu", "classifier.0.relu", net.linear("classifier.0", x, 7 * 7 * 512, 4096, 2));
        x = net.add("Relu", "classifier.3.relu", net.linear("classifier.3", x, 4096, 4096, 2));
        net.output("logits", net.linear("classifier.6", x, 4096, CLASSES, 1), 1, CLASSES);
        return net.model();
    }
}
