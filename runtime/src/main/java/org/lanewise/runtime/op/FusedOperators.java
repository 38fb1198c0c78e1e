package org.lanewise.runtime.op;

import org.lanewise.runtime.ops.fused.FusedAttention;
import org.lanewise.runtime.ops.fused.FusedConv;
import org.lanewise.runtime.ops.fused.FusedConvChain;
import org.lanewise.runtime.ops.fused.FusedConvTranspose;
import org.lanewise.runtime.ops.fused.FusedMatMul;
import org.lanewise.runtime.ops.fused.NhwcAveragePool;
import org.lanewise.runtime.ops.fused.NhwcGlobalAveragePool;
import org.lanewise.runtime.ops.fused.NhwcGlobalMaxPool;
import org.lanewise.runtime.ops.fused.NhwcMaxPool;
import org.lanewise.runtime.ops.fused.quant.QAdd;
import org.lanewise.runtime.ops.fused.quant.QAveragePool;
import org.lanewise.runtime.ops.fused.quant.QConv;
import org.lanewise.runtime.ops.fused.quant.QConvChain;
import org.lanewise.runtime.ops.fused.quant.QGlobalAveragePool;
import org.lanewise.runtime.ops.fused.quant.QLookup;
import org.lanewise.runtime.ops.fused.quant.QMatMul;
import org.lanewise.runtime.ops.fused.quant.QMul;
import org.lanewise.runtime.ops.fused.quant.QPointwise;

/** The operators of the domain {@code org.lanewise}, which only the passes make, one a line in alphabetical order, each with the first opset that has it. */
final class FusedOperators {
    private FusedOperators() {}

    static void list(OperatorCatalog.Entries catalog) {
        catalog.add("org.lanewise.Attention", 1, FusedAttention::create);
        catalog.add("org.lanewise.AveragePool", 1, NhwcAveragePool::create);
        catalog.add("org.lanewise.Conv", 1, FusedConv::create);
        catalog.add("org.lanewise.ConvChain", 1, FusedConvChain::create);
        catalog.add("org.lanewise.ConvTranspose", 1, FusedConvTranspose::create);
        catalog.add("org.lanewise.GlobalAveragePool", 1, NhwcGlobalAveragePool::create);
        catalog.add("org.lanewise.GlobalMaxPool", 1, NhwcGlobalMaxPool::create);
        catalog.add("org.lanewise.MatMul", 1, FusedMatMul::create);
        catalog.add("org.lanewise.MaxPool", 1, NhwcMaxPool::create);
        catalog.add("org.lanewise.QAdd", 1, QAdd::create);
        catalog.add("org.lanewise.QAveragePool", 1, QAveragePool::create);
        catalog.add("org.lanewise.QConv", 1, QConv::create);
        catalog.add("org.lanewise.QConvChain", 1, QConvChain::create);
        catalog.add("org.lanewise.QGlobalAveragePool", 1, QGlobalAveragePool::create);
        catalog.add("org.lanewise.QLookup", 1, QLookup::create);
        catalog.add("org.lanewise.QMatMul", 1, QMatMul::create);
        catalog.add("org.lanewise.QMul", 1, QMul::create);
        catalog.add("org.lanewise.QPointwise", 1, QPointwise::create);
    }
}
