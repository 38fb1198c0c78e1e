package org.lanewise.runtime.op;

import org.lanewise.runtime.ops.contrib.Attention;
import org.lanewise.runtime.ops.contrib.BiasGelu;
import org.lanewise.runtime.ops.contrib.CDist;
import org.lanewise.runtime.ops.contrib.DynamicQuantizeMatMul;
import org.lanewise.runtime.ops.contrib.EmbedLayerNormalization;
import org.lanewise.runtime.ops.contrib.FastGelu;
import org.lanewise.runtime.ops.contrib.FusedConv;
import org.lanewise.runtime.ops.contrib.FusedGemm;
import org.lanewise.runtime.ops.contrib.FusedMatMul;
import org.lanewise.runtime.ops.contrib.GatherBlockQuantized;
import org.lanewise.runtime.ops.contrib.GroupNorm;
import org.lanewise.runtime.ops.contrib.GroupQueryAttention;
import org.lanewise.runtime.ops.contrib.Inverse;
import org.lanewise.runtime.ops.contrib.MatMulBnb4;
import org.lanewise.runtime.ops.contrib.MatMulIntegerToFloat;
import org.lanewise.runtime.ops.contrib.MatMulNBits;
import org.lanewise.runtime.ops.contrib.MoE;
import org.lanewise.runtime.ops.contrib.MultiHeadAttention;
import org.lanewise.runtime.ops.contrib.NhwcMaxPool;
import org.lanewise.runtime.ops.contrib.QAttention;
import org.lanewise.runtime.ops.contrib.QGemm;
import org.lanewise.runtime.ops.contrib.QLinearAdd;
import org.lanewise.runtime.ops.contrib.QLinearAveragePool;
import org.lanewise.runtime.ops.contrib.QLinearConcat;
import org.lanewise.runtime.ops.contrib.QLinearGlobalAveragePool;
import org.lanewise.runtime.ops.contrib.QLinearLeakyRelu;
import org.lanewise.runtime.ops.contrib.QLinearMul;
import org.lanewise.runtime.ops.contrib.QLinearReduceMean;
import org.lanewise.runtime.ops.contrib.QLinearSigmoid;
import org.lanewise.runtime.ops.contrib.QLinearSoftmax;
import org.lanewise.runtime.ops.contrib.QLinearWhere;
import org.lanewise.runtime.ops.contrib.QMoE;
import org.lanewise.runtime.ops.contrib.QuickGelu;
import org.lanewise.runtime.ops.contrib.RelativePositionBias;
import org.lanewise.runtime.ops.contrib.RotaryEmbedding;
import org.lanewise.runtime.ops.contrib.SkipGroupNorm;
import org.lanewise.runtime.ops.contrib.SkipLayerNormalization;
import org.lanewise.runtime.ops.contrib.SkipSimplifiedLayerNormalization;
import org.lanewise.runtime.ops.math.Gelu;
import org.lanewise.runtime.ops.norm.RMSNormalization;
import org.lanewise.runtime.ops.quant.DequantizeLinear;
import org.lanewise.runtime.ops.quant.QLinearConv;
import org.lanewise.runtime.ops.quant.QuantizeLinear;
import org.lanewise.runtime.ops.rnn.DynamicQuantizeLSTM;

/** The operators of the domain {@code com.microsoft}, which exporters use beside the ONNX one, one a line in alphabetical order, each with the first opset that has it. */
final class ContribOperators {
    private ContribOperators() {}

    static void list(OperatorCatalog.Entries catalog) {
        catalog.add("com.microsoft.Attention", 1, Attention::create);
        catalog.add("com.microsoft.BiasGelu", 1, BiasGelu::create);
        catalog.add("com.microsoft.CDist", 1, CDist::create);
        catalog.add("com.microsoft.DequantizeLinear", 1, DequantizeLinear::createContrib);
        catalog.add("com.microsoft.DynamicQuantizeLSTM", 1, DynamicQuantizeLSTM::create);
        catalog.add("com.microsoft.DynamicQuantizeMatMul", 1, DynamicQuantizeMatMul::create);
        catalog.add("com.microsoft.EmbedLayerNormalization", 1, EmbedLayerNormalization::create);
        catalog.add("com.microsoft.FastGelu", 1, FastGelu::create);
        catalog.add("com.microsoft.FusedConv", 1, FusedConv::create);
        catalog.add("com.microsoft.FusedGemm", 1, FusedGemm::create);
        catalog.add("com.microsoft.FusedMatMul", 1, FusedMatMul::create);
        catalog.add("com.microsoft.GatherBlockQuantized", 1, GatherBlockQuantized::create);
        catalog.add("com.microsoft.Gelu", 1, Gelu::create);
        catalog.add("com.microsoft.GroupNorm", 1, GroupNorm::create);
        catalog.add("com.microsoft.GroupQueryAttention", 1, GroupQueryAttention::create);
        catalog.add("com.microsoft.Inverse", 1, Inverse::create);
        catalog.add("com.microsoft.MatMulBnb4", 1, MatMulBnb4::create);
        catalog.add("com.microsoft.MatMulIntegerToFloat", 1, MatMulIntegerToFloat::create);
        catalog.add("com.microsoft.MatMulNBits", 1, MatMulNBits::create);
        catalog.add("com.microsoft.MoE", 1, MoE::create);
        catalog.add("com.microsoft.MultiHeadAttention", 1, MultiHeadAttention::create);
        catalog.add("com.microsoft.NhwcMaxPool", 1, NhwcMaxPool::create);
        catalog.add("com.microsoft.QAttention", 1, QAttention::create);
        catalog.add("com.microsoft.QGemm", 1, QGemm::create);
        catalog.add("com.microsoft.QLinearAdd", 1, QLinearAdd::create);
        catalog.add("com.microsoft.QLinearAveragePool", 1, QLinearAveragePool::create);
        catalog.add("com.microsoft.QLinearConcat", 1, QLinearConcat::create);
        catalog.add("com.microsoft.QLinearConv", 1, QLinearConv::createContrib);
        catalog.add("com.microsoft.QLinearGlobalAveragePool", 1, QLinearGlobalAveragePool::create);
        catalog.add("com.microsoft.QLinearLeakyRelu", 1, QLinearLeakyRelu::create);
        catalog.add("com.microsoft.QLinearMul", 1, QLinearMul::create);
        catalog.add("com.microsoft.QLinearReduceMean", 1, QLinearReduceMean::create);
        catalog.add("com.microsoft.QLinearSigmoid", 1, QLinearSigmoid::create);
        catalog.add("com.microsoft.QLinearSoftmax", 1, QLinearSoftmax::create);
        catalog.add("com.microsoft.QLinearWhere", 1, QLinearWhere::create);
        catalog.add("com.microsoft.QMoE", 1, QMoE::create);
        catalog.add("com.microsoft.QuantizeLinear", 1, QuantizeLinear::createContrib);
        catalog.add("com.microsoft.QuickGelu", 1, QuickGelu::create);
        catalog.add("com.microsoft.RelativePositionBias", 1, RelativePositionBias::create);
        catalog.add("com.microsoft.RotaryEmbedding", 1, RotaryEmbedding::create);
        catalog.add("com.microsoft.SimplifiedLayerNormalization", 1, RMSNormalization::create);
        catalog.add("com.microsoft.SkipGroupNorm", 1, SkipGroupNorm::create);
        catalog.add("com.microsoft.SkipLayerNormalization", 1, SkipLayerNormalization::create);
        catalog.add("com.microsoft.SkipSimplifiedLayerNormalization", 1, SkipSimplifiedLayerNormalization::create);
    }
}
