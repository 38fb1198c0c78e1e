package org.lanewise.runtime.op;

import org.lanewise.runtime.ops.contrib.Attention;
import org.lanewise.runtime.ops.contrib.BiasGelu;
import org.lanewise.runtime.ops.contrib.EmbedLayerNormalization;
import org.lanewise.runtime.ops.contrib.FastGelu;
import org.lanewise.runtime.ops.contrib.FusedConv;
import org.lanewise.runtime.ops.contrib.FusedGemm;
import org.lanewise.runtime.ops.contrib.FusedMatMul;
import org.lanewise.runtime.ops.contrib.MultiHeadAttention;
import org.lanewise.runtime.ops.contrib.QuickGelu;
import org.lanewise.runtime.ops.contrib.RotaryEmbedding;
import org.lanewise.runtime.ops.contrib.SkipLayerNormalization;
import org.lanewise.runtime.ops.contrib.SkipSimplifiedLayerNormalization;
import org.lanewise.runtime.ops.math.Gelu;
import org.lanewise.runtime.ops.norm.RMSNormalization;

/** The operators of the domain {@code com.microsoft}, which exporters use beside the ONNX one, one a line in alphabetical order, each with the first opset that has it. */
final class ContribOperators {
    private ContribOperators() {}

    static void list(OperatorCatalog.Entries catalog) {
        catalog.add("com.microsoft.Attention", 1, Attention::create);
        catalog.add("com.microsoft.BiasGelu", 1, BiasGelu::create);
        catalog.add("com.microsoft.EmbedLayerNormalization", 1, EmbedLayerNormalization::create);
        catalog.add("com.microsoft.FastGelu", 1, FastGelu::create);
        catalog.add("com.microsoft.FusedConv", 1, FusedConv::create);
        catalog.add("com.microsoft.FusedGemm", 1, FusedGemm::create);
        catalog.add("com.microsoft.FusedMatMul", 1, FusedMatMul::create);
        catalog.add("com.microsoft.Gelu", 1, Gelu::create);
        catalog.add("com.microsoft.MultiHeadAttention", 1, MultiHeadAttention::create);
        catalog.add("com.microsoft.QuickGelu", 1, QuickGelu::create);
        catalog.add("com.microsoft.RotaryEmbedding", 1, RotaryEmbedding::create);
        catalog.add("com.microsoft.SimplifiedLayerNormalization", 1, RMSNormalization::create);
        catalog.add("com.microsoft.SkipLayerNormalization", 1, SkipLayerNormalization::create);
        catalog.add("com.microsoft.SkipSimplifiedLayerNormalization", 1, SkipSimplifiedLayerNormalization::create);
    }
}
