package org.lanewise.runtime.op;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.ops.cast.BitCast;
import org.lanewise.runtime.ops.cast.Cast;
import org.lanewise.runtime.ops.cast.CastLike;
import org.lanewise.runtime.ops.control.If;
import org.lanewise.runtime.ops.control.Loop;
import org.lanewise.runtime.ops.control.Scan;
import org.lanewise.runtime.ops.control.SequenceMap;
import org.lanewise.runtime.ops.fused.FusedConv;
import org.lanewise.runtime.ops.fused.FusedConvTranspose;
import org.lanewise.runtime.ops.fused.FusedMatMul;
import org.lanewise.runtime.ops.fused.NhwcAveragePool;
import org.lanewise.runtime.ops.fused.NhwcGlobalAveragePool;
import org.lanewise.runtime.ops.fused.NhwcGlobalMaxPool;
import org.lanewise.runtime.ops.fused.NhwcMaxPool;
import org.lanewise.runtime.ops.image.ImageDecoder;
import org.lanewise.runtime.ops.logic.And;
import org.lanewise.runtime.ops.logic.Equal;
import org.lanewise.runtime.ops.logic.Greater;
import org.lanewise.runtime.ops.logic.GreaterOrEqual;
import org.lanewise.runtime.ops.logic.Less;
import org.lanewise.runtime.ops.logic.LessOrEqual;
import org.lanewise.runtime.ops.logic.Not;
import org.lanewise.runtime.ops.logic.Or;
import org.lanewise.runtime.ops.logic.Xor;
import org.lanewise.runtime.ops.loss.NegativeLogLikelihoodLoss;
import org.lanewise.runtime.ops.loss.SoftmaxCrossEntropyLoss;
import org.lanewise.runtime.ops.math.Abs;
import org.lanewise.runtime.ops.math.Acos;
import org.lanewise.runtime.ops.math.Acosh;
import org.lanewise.runtime.ops.math.Add;
import org.lanewise.runtime.ops.math.Asin;
import org.lanewise.runtime.ops.math.Asinh;
import org.lanewise.runtime.ops.math.Atan;
import org.lanewise.runtime.ops.math.Atanh;
import org.lanewise.runtime.ops.math.BitShift;
import org.lanewise.runtime.ops.math.BitwiseAnd;
import org.lanewise.runtime.ops.math.BitwiseNot;
import org.lanewise.runtime.ops.math.BitwiseOr;
import org.lanewise.runtime.ops.math.BitwiseXor;
import org.lanewise.runtime.ops.math.Ceil;
import org.lanewise.runtime.ops.math.Celu;
import org.lanewise.runtime.ops.math.Clip;
import org.lanewise.runtime.ops.math.Cos;
import org.lanewise.runtime.ops.math.Cosh;
import org.lanewise.runtime.ops.math.CumProd;
import org.lanewise.runtime.ops.math.CumSum;
import org.lanewise.runtime.ops.math.Div;
import org.lanewise.runtime.ops.math.Dropout;
import org.lanewise.runtime.ops.math.Elu;
import org.lanewise.runtime.ops.math.Erf;
import org.lanewise.runtime.ops.math.Exp;
import org.lanewise.runtime.ops.math.Floor;
import org.lanewise.runtime.ops.math.Gelu;
import org.lanewise.runtime.ops.math.HardSigmoid;
import org.lanewise.runtime.ops.math.HardSwish;
import org.lanewise.runtime.ops.math.IsInf;
import org.lanewise.runtime.ops.math.IsNaN;
import org.lanewise.runtime.ops.math.LeakyRelu;
import org.lanewise.runtime.ops.math.Log;
import org.lanewise.runtime.ops.math.Max;
import org.lanewise.runtime.ops.math.Mean;
import org.lanewise.runtime.ops.math.Min;
import org.lanewise.runtime.ops.math.Mish;
import org.lanewise.runtime.ops.math.Mod;
import org.lanewise.runtime.ops.math.Mul;
import org.lanewise.runtime.ops.math.Neg;
import org.lanewise.runtime.ops.math.PRelu;
import org.lanewise.runtime.ops.math.Pow;
import org.lanewise.runtime.ops.math.Reciprocal;
import org.lanewise.runtime.ops.math.Relu;
import org.lanewise.runtime.ops.math.Round;
import org.lanewise.runtime.ops.math.Selu;
import org.lanewise.runtime.ops.math.Shrink;
import org.lanewise.runtime.ops.math.Sigmoid;
import org.lanewise.runtime.ops.math.Sign;
import org.lanewise.runtime.ops.math.Sin;
import org.lanewise.runtime.ops.math.Sinh;
import org.lanewise.runtime.ops.math.Softplus;
import org.lanewise.runtime.ops.math.Softsign;
import org.lanewise.runtime.ops.math.Sqrt;
import org.lanewise.runtime.ops.math.Sub;
import org.lanewise.runtime.ops.math.Sum;
import org.lanewise.runtime.ops.math.SwiGLU;
import org.lanewise.runtime.ops.math.Swish;
import org.lanewise.runtime.ops.math.Tan;
import org.lanewise.runtime.ops.math.Tanh;
import org.lanewise.runtime.ops.math.ThresholdedRelu;
import org.lanewise.runtime.ops.math.Where;
import org.lanewise.runtime.ops.ml.ArrayFeatureExtractor;
import org.lanewise.runtime.ops.ml.Binarizer;
import org.lanewise.runtime.ops.ml.CategoryMapper;
import org.lanewise.runtime.ops.ml.FeatureVectorizer;
import org.lanewise.runtime.ops.ml.Imputer;
import org.lanewise.runtime.ops.ml.LabelEncoder;
import org.lanewise.runtime.ops.ml.LinearClassifier;
import org.lanewise.runtime.ops.ml.LinearRegressor;
import org.lanewise.runtime.ops.ml.Normalizer;
import org.lanewise.runtime.ops.ml.OneHotEncoder;
import org.lanewise.runtime.ops.ml.SVMClassifier;
import org.lanewise.runtime.ops.ml.SVMRegressor;
import org.lanewise.runtime.ops.ml.Scaler;
import org.lanewise.runtime.ops.ml.TfIdfVectorizer;
import org.lanewise.runtime.ops.ml.TreeEnsemble;
import org.lanewise.runtime.ops.ml.TreeEnsembleClassifier;
import org.lanewise.runtime.ops.ml.TreeEnsembleRegressor;
import org.lanewise.runtime.ops.nn.Attention;
import org.lanewise.runtime.ops.nn.AveragePool;
import org.lanewise.runtime.ops.nn.CausalConvWithState;
import org.lanewise.runtime.ops.nn.Conv;
import org.lanewise.runtime.ops.nn.ConvTranspose;
import org.lanewise.runtime.ops.nn.DeformConv;
import org.lanewise.runtime.ops.nn.FlexAttention;
import org.lanewise.runtime.ops.nn.Gemm;
import org.lanewise.runtime.ops.nn.GlobalAveragePool;
import org.lanewise.runtime.ops.nn.GlobalLpPool;
import org.lanewise.runtime.ops.nn.GlobalMaxPool;
import org.lanewise.runtime.ops.nn.LinearAttention;
import org.lanewise.runtime.ops.nn.LpPool;
import org.lanewise.runtime.ops.nn.MatMul;
import org.lanewise.runtime.ops.nn.MaxPool;
import org.lanewise.runtime.ops.nn.MaxUnpool;
import org.lanewise.runtime.ops.nn.RotaryEmbedding;
import org.lanewise.runtime.ops.norm.BatchNormalization;
import org.lanewise.runtime.ops.norm.GroupNormalization;
import org.lanewise.runtime.ops.norm.Hardmax;
import org.lanewise.runtime.ops.norm.InstanceNormalization;
import org.lanewise.runtime.ops.norm.LRN;
import org.lanewise.runtime.ops.norm.LayerNormalization;
import org.lanewise.runtime.ops.norm.LogSoftmax;
import org.lanewise.runtime.ops.norm.LpNormalization;
import org.lanewise.runtime.ops.norm.MeanVarianceNormalization;
import org.lanewise.runtime.ops.norm.RMSNormalization;
import org.lanewise.runtime.ops.norm.Softmax;
import org.lanewise.runtime.ops.quant.ConvInteger;
import org.lanewise.runtime.ops.quant.DequantizeLinear;
import org.lanewise.runtime.ops.quant.DynamicQuantizeLinear;
import org.lanewise.runtime.ops.quant.MatMulInteger;
import org.lanewise.runtime.ops.quant.QLinearConv;
import org.lanewise.runtime.ops.quant.QLinearMatMul;
import org.lanewise.runtime.ops.quant.QuantizeLinear;
import org.lanewise.runtime.ops.random.Bernoulli;
import org.lanewise.runtime.ops.random.Multinomial;
import org.lanewise.runtime.ops.random.RandomNormal;
import org.lanewise.runtime.ops.random.RandomNormalLike;
import org.lanewise.runtime.ops.random.RandomUniform;
import org.lanewise.runtime.ops.random.RandomUniformLike;
import org.lanewise.runtime.ops.reduce.ArgMax;
import org.lanewise.runtime.ops.reduce.ArgMin;
import org.lanewise.runtime.ops.reduce.ReduceL1;
import org.lanewise.runtime.ops.reduce.ReduceL2;
import org.lanewise.runtime.ops.reduce.ReduceLogSum;
import org.lanewise.runtime.ops.reduce.ReduceLogSumExp;
import org.lanewise.runtime.ops.reduce.ReduceMax;
import org.lanewise.runtime.ops.reduce.ReduceMean;
import org.lanewise.runtime.ops.reduce.ReduceMin;
import org.lanewise.runtime.ops.reduce.ReduceProd;
import org.lanewise.runtime.ops.reduce.ReduceSum;
import org.lanewise.runtime.ops.reduce.ReduceSumSquare;
import org.lanewise.runtime.ops.rnn.GRU;
import org.lanewise.runtime.ops.rnn.LSTM;
import org.lanewise.runtime.ops.rnn.RNN;
import org.lanewise.runtime.ops.sequence.ConcatFromSequence;
import org.lanewise.runtime.ops.sequence.Optional;
import org.lanewise.runtime.ops.sequence.OptionalGetElement;
import org.lanewise.runtime.ops.sequence.OptionalHasElement;
import org.lanewise.runtime.ops.sequence.SequenceAt;
import org.lanewise.runtime.ops.sequence.SequenceConstruct;
import org.lanewise.runtime.ops.sequence.SequenceEmpty;
import org.lanewise.runtime.ops.sequence.SequenceErase;
import org.lanewise.runtime.ops.sequence.SequenceInsert;
import org.lanewise.runtime.ops.sequence.SequenceLength;
import org.lanewise.runtime.ops.sequence.SplitToSequence;
import org.lanewise.runtime.ops.shape.AffineGrid;
import org.lanewise.runtime.ops.shape.CenterCropPad;
import org.lanewise.runtime.ops.shape.Col2Im;
import org.lanewise.runtime.ops.shape.Compress;
import org.lanewise.runtime.ops.shape.Concat;
import org.lanewise.runtime.ops.shape.Constant;
import org.lanewise.runtime.ops.shape.ConstantOfShape;
import org.lanewise.runtime.ops.shape.DepthToSpace;
import org.lanewise.runtime.ops.shape.Det;
import org.lanewise.runtime.ops.shape.Einsum;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.ops.shape.EyeLike;
import org.lanewise.runtime.ops.shape.Flatten;
import org.lanewise.runtime.ops.shape.Gather;
import org.lanewise.runtime.ops.shape.GatherElements;
import org.lanewise.runtime.ops.shape.GatherND;
import org.lanewise.runtime.ops.shape.GridSample;
import org.lanewise.runtime.ops.shape.Identity;
import org.lanewise.runtime.ops.shape.MaxRoiPool;
import org.lanewise.runtime.ops.shape.NonMaxSuppression;
import org.lanewise.runtime.ops.shape.NonZero;
import org.lanewise.runtime.ops.shape.OneHot;
import org.lanewise.runtime.ops.shape.Pad;
import org.lanewise.runtime.ops.shape.Range;
import org.lanewise.runtime.ops.shape.Reshape;
import org.lanewise.runtime.ops.shape.Resize;
import org.lanewise.runtime.ops.shape.ReverseSequence;
import org.lanewise.runtime.ops.shape.RoiAlign;
import org.lanewise.runtime.ops.shape.ScatterElements;
import org.lanewise.runtime.ops.shape.ScatterND;
import org.lanewise.runtime.ops.shape.ShapeOf;
import org.lanewise.runtime.ops.shape.Size;
import org.lanewise.runtime.ops.shape.Slice;
import org.lanewise.runtime.ops.shape.SpaceToDepth;
import org.lanewise.runtime.ops.shape.Split;
import org.lanewise.runtime.ops.shape.Squeeze;
import org.lanewise.runtime.ops.shape.TensorScatter;
import org.lanewise.runtime.ops.shape.Tile;
import org.lanewise.runtime.ops.shape.TopK;
import org.lanewise.runtime.ops.shape.Transpose;
import org.lanewise.runtime.ops.shape.Trilu;
import org.lanewise.runtime.ops.shape.Unique;
import org.lanewise.runtime.ops.shape.Unsqueeze;
import org.lanewise.runtime.ops.shape.Upsample;
import org.lanewise.runtime.ops.signal.BlackmanWindow;
import org.lanewise.runtime.ops.signal.DFT;
import org.lanewise.runtime.ops.signal.HammingWindow;
import org.lanewise.runtime.ops.signal.HannWindow;
import org.lanewise.runtime.ops.signal.MelWeightMatrix;
import org.lanewise.runtime.ops.signal.STFT;
import org.lanewise.runtime.ops.string.RegexFullMatch;
import org.lanewise.runtime.ops.string.StringConcat;
import org.lanewise.runtime.ops.string.StringNormalizer;
import org.lanewise.runtime.ops.string.StringSplit;

/**
 * Every operator there is, one line each in alphabetical order. A line names the first opset version in which the operator exists.
 */
public final class OperatorCatalog {
    /** Highest version of the ONNX operator set that is understood. */
    public static final int MAX_OPSET = 28;

    private static final NavigableMap<String, Entry> ENTRIES = entries();

    private record Entry(int since, OperatorFactory factory) {}

    private OperatorCatalog() {}

    /**
     * The operator of {@code node}.
     *
     * @throws UnsupportedModelException if there is none, the opset is too new, or the node asks for something the operator does not support
     */
    public static Operator create(Node node) {
        String reason = missing(node);
        if (reason != null) {
            throw new UnsupportedModelException(node.path() + ": " + reason);
        }
        Entry entry = Objects.requireNonNull(ENTRIES.get(key(node.domain(), node.opType())));
        NodeSpec spec = new NodeSpec(node);
        try {
            Operator operator = entry.factory.create(spec);
            spec.audit();
            return operator;
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException e) { // what a constructor or an exact conversion finds wrong with the attributes
            throw new GraphException(node.path() + ": " + InferenceException.reason(e), e);
        }
    }

    /** Why there is no operator for {@code node}, or {@code null} if there is one. */
    public static @Nullable String missing(Node node) {
        if (node.domain().isEmpty() && node.opset() > MAX_OPSET) {
            return "opset " + node.opset() + " is newer than " + MAX_OPSET + ", the newest that is supported";
        }
        Entry entry = ENTRIES.get(key(node.domain(), node.opType()));
        if (entry == null) {
            return "operator " + node.opType() + " of domain " + (node.domain().isEmpty() ? "ai.onnx" : node.domain())
                    + " (opset " + node.opset() + ") is not supported";
        }
        return node.opset() < entry.since
                ? "operator " + node.opType() + " exists since opset " + entry.since + ", the node is of opset "
                        + node.opset()
                : null;
    }

    /** The operators by name, {@code domain.Name} outside the ONNX domain, with the opset version each exists since. */
    public static Map<String, Integer> operators() {
        Map<String, Integer> names = new TreeMap<>();
        ENTRIES.forEach((name, entry) -> names.put(name, entry.since));
        return names;
    }

    private static String key(String domain, String opType) {
        return domain.isEmpty() ? opType : domain + "." + opType;
    }

    // One operator a line: lists stay readable and merges stay trivial.
    private static NavigableMap<String, Entry> entries() {
        NavigableMap<String, Entry> map = new TreeMap<>();
        add(map, "Abs", 1, Abs::create);
        add(map, "Acos", 7, Acos::create);
        add(map, "Acosh", 9, Acosh::create);
        add(map, "Add", 1, Add::create);
        add(map, "AffineGrid", 20, AffineGrid::create);
        add(map, "ai.onnx.ml.ArrayFeatureExtractor", 1, ArrayFeatureExtractor::create);
        add(map, "ai.onnx.ml.Binarizer", 1, Binarizer::create);
        add(map, "ai.onnx.ml.CategoryMapper", 1, CategoryMapper::create);
        add(map, "ai.onnx.ml.FeatureVectorizer", 1, FeatureVectorizer::create);
        add(map, "ai.onnx.ml.Imputer", 1, Imputer::create);
        add(map, "ai.onnx.ml.LabelEncoder", 1, LabelEncoder::create);
        add(map, "ai.onnx.ml.LinearClassifier", 1, LinearClassifier::create);
        add(map, "ai.onnx.ml.LinearRegressor", 1, LinearRegressor::create);
        add(map, "ai.onnx.ml.Normalizer", 1, Normalizer::create);
        add(map, "ai.onnx.ml.OneHotEncoder", 1, OneHotEncoder::create);
        add(map, "ai.onnx.ml.Scaler", 1, Scaler::create);
        add(map, "ai.onnx.ml.SVMClassifier", 1, SVMClassifier::create);
        add(map, "ai.onnx.ml.SVMRegressor", 1, SVMRegressor::create);
        add(map, "ai.onnx.ml.TreeEnsemble", 5, TreeEnsemble::create);
        add(map, "ai.onnx.ml.TreeEnsembleClassifier", 1, TreeEnsembleClassifier::create);
        add(map, "ai.onnx.ml.TreeEnsembleRegressor", 1, TreeEnsembleRegressor::create);
        add(map, "ai.onnx.preview.FlexAttention", 1, FlexAttention::create);
        add(map, "And", 1, And::create);
        add(map, "ArgMax", 1, ArgMax::create);
        add(map, "ArgMin", 1, ArgMin::create);
        add(map, "Asin", 7, Asin::create);
        add(map, "Asinh", 9, Asinh::create);
        add(map, "Atan", 7, Atan::create);
        add(map, "Atanh", 9, Atanh::create);
        add(map, "Attention", 23, Attention::create);
        add(map, "AveragePool", 1, AveragePool::create);
        add(map, "BatchNormalization", 1, BatchNormalization::create);
        add(map, "Bernoulli", 15, Bernoulli::create);
        add(map, "BitCast", 26, BitCast::create);
        add(map, "BitShift", 11, BitShift::create);
        add(map, "BitwiseAnd", 18, BitwiseAnd::create);
        add(map, "BitwiseNot", 18, BitwiseNot::create);
        add(map, "BitwiseOr", 18, BitwiseOr::create);
        add(map, "BitwiseXor", 18, BitwiseXor::create);
        add(map, "BlackmanWindow", 17, BlackmanWindow::create);
        add(map, "Cast", 1, Cast::create);
        add(map, "CastLike", 15, CastLike::create);
        add(map, "CausalConvWithState", 27, CausalConvWithState::create);
        add(map, "Ceil", 1, Ceil::create);
        add(map, "Celu", 12, Celu::create);
        add(map, "CenterCropPad", 18, CenterCropPad::create);
        add(map, "Clip", 1, Clip::create);
        add(map, "Col2Im", 18, Col2Im::create);
        add(map, "com.microsoft.Attention", 1, org.lanewise.runtime.ops.contrib.Attention::create);
        add(map, "com.microsoft.BiasGelu", 1, org.lanewise.runtime.ops.contrib.BiasGelu::create);
        add(
                map,
                "com.microsoft.EmbedLayerNormalization",
                1,
                org.lanewise.runtime.ops.contrib.EmbedLayerNormalization::create);
        add(map, "com.microsoft.FastGelu", 1, org.lanewise.runtime.ops.contrib.FastGelu::create);
        add(map, "com.microsoft.FusedConv", 1, org.lanewise.runtime.ops.contrib.FusedConv::create);
        add(map, "com.microsoft.FusedGemm", 1, org.lanewise.runtime.ops.contrib.FusedGemm::create);
        add(map, "com.microsoft.FusedMatMul", 1, org.lanewise.runtime.ops.contrib.FusedMatMul::create);
        add(map, "com.microsoft.Gelu", 1, Gelu::create);
        add(map, "com.microsoft.MultiHeadAttention", 1, org.lanewise.runtime.ops.contrib.MultiHeadAttention::create);
        add(map, "com.microsoft.QuickGelu", 1, org.lanewise.runtime.ops.contrib.QuickGelu::create);
        add(map, "com.microsoft.RotaryEmbedding", 1, org.lanewise.runtime.ops.contrib.RotaryEmbedding::create);
        add(map, "com.microsoft.SimplifiedLayerNormalization", 1, RMSNormalization::create);
        add(
                map,
                "com.microsoft.SkipLayerNormalization",
                1,
                org.lanewise.runtime.ops.contrib.SkipLayerNormalization::create);
        add(
                map,
                "com.microsoft.SkipSimplifiedLayerNormalization",
                1,
                org.lanewise.runtime.ops.contrib.SkipSimplifiedLayerNormalization::create);
        add(map, "Compress", 9, Compress::create);
        add(map, "Concat", 1, Concat::create);
        add(map, "ConcatFromSequence", 11, ConcatFromSequence::create);
        add(map, "Constant", 1, Constant::create);
        add(map, "ConstantOfShape", 9, ConstantOfShape::create);
        add(map, "Conv", 1, Conv::create);
        add(map, "ConvInteger", 10, ConvInteger::create);
        add(map, "ConvTranspose", 1, ConvTranspose::create);
        add(map, "Cos", 7, Cos::create);
        add(map, "Cosh", 9, Cosh::create);
        add(map, "CumProd", 26, CumProd::create);
        add(map, "CumSum", 11, CumSum::create);
        add(map, "DeformConv", 19, DeformConv::create);
        add(map, "DepthToSpace", 1, DepthToSpace::create);
        add(map, "DequantizeLinear", 10, DequantizeLinear::create);
        add(map, "Det", 11, Det::create);
        add(map, "DFT", 17, DFT::create);
        add(map, "Div", 1, Div::create);
        add(map, "Dropout", 1, Dropout::create);
        add(map, "DynamicQuantizeLinear", 11, DynamicQuantizeLinear::create);
        add(map, "Einsum", 12, Einsum::create);
        add(map, "Elu", 1, Elu::create);
        add(map, "Equal", 1, Equal::create);
        add(map, "Erf", 9, Erf::create);
        add(map, "Exp", 1, Exp::create);
        add(map, "Expand", 8, Expand::create);
        add(map, "EyeLike", 9, EyeLike::create);
        add(map, "Flatten", 1, Flatten::create);
        add(map, "Floor", 1, Floor::create);
        add(map, "Gather", 1, Gather::create);
        add(map, "GatherElements", 11, GatherElements::create);
        add(map, "GatherND", 11, GatherND::create);
        add(map, "Gelu", 20, Gelu::create);
        add(map, "Gemm", 1, Gemm::create);
        add(map, "GlobalAveragePool", 1, GlobalAveragePool::create);
        add(map, "GlobalLpPool", 1, GlobalLpPool::create);
        add(map, "GlobalMaxPool", 1, GlobalMaxPool::create);
        add(map, "Greater", 1, Greater::create);
        add(map, "GreaterOrEqual", 12, GreaterOrEqual::create);
        add(map, "GridSample", 16, GridSample::create);
        add(map, "GroupNormalization", 18, GroupNormalization::create);
        add(map, "GRU", 1, GRU::create);
        add(map, "HammingWindow", 17, HammingWindow::create);
        add(map, "HannWindow", 17, HannWindow::create);
        add(map, "Hardmax", 1, Hardmax::create);
        add(map, "HardSigmoid", 1, HardSigmoid::create);
        add(map, "HardSwish", 14, HardSwish::create);
        add(map, "Identity", 1, Identity::create);
        add(map, "If", 1, If::create);
        add(map, "ImageDecoder", 20, ImageDecoder::create);
        add(map, "InstanceNormalization", 1, InstanceNormalization::create);
        add(map, "IsInf", 10, IsInf::create);
        add(map, "IsNaN", 9, IsNaN::create);
        add(map, "LayerNormalization", 17, LayerNormalization::create);
        add(map, "LeakyRelu", 1, LeakyRelu::create);
        add(map, "Less", 1, Less::create);
        add(map, "LessOrEqual", 12, LessOrEqual::create);
        add(map, "LinearAttention", 27, LinearAttention::create);
        add(map, "Log", 1, Log::create);
        add(map, "LogSoftmax", 1, LogSoftmax::create);
        add(map, "Loop", 1, Loop::create);
        add(map, "LpNormalization", 1, LpNormalization::create);
        add(map, "LpPool", 1, LpPool::create);
        add(map, "LRN", 1, LRN::create);
        add(map, "LSTM", 1, LSTM::create);
        add(map, "MatMul", 1, MatMul::create);
        add(map, "MatMulInteger", 10, MatMulInteger::create);
        add(map, "Max", 1, Max::create);
        add(map, "MaxPool", 1, MaxPool::create);
        add(map, "MaxRoiPool", 1, MaxRoiPool::create);
        add(map, "MaxUnpool", 9, MaxUnpool::create);
        add(map, "Mean", 1, Mean::create);
        add(map, "MeanVarianceNormalization", 9, MeanVarianceNormalization::create);
        add(map, "MelWeightMatrix", 17, MelWeightMatrix::create);
        add(map, "Min", 1, Min::create);
        add(map, "Mish", 18, Mish::create);
        add(map, "Mod", 10, Mod::create);
        add(map, "Mul", 1, Mul::create);
        add(map, "Multinomial", 7, Multinomial::create);
        add(map, "Neg", 1, Neg::create);
        add(map, "NegativeLogLikelihoodLoss", 12, NegativeLogLikelihoodLoss::create);
        add(map, "NonMaxSuppression", 10, NonMaxSuppression::create);
        add(map, "NonZero", 9, NonZero::create);
        add(map, "Not", 1, Not::create);
        add(map, "OneHot", 9, OneHot::create);
        add(map, "Optional", 15, Optional::create);
        add(map, "OptionalGetElement", 15, OptionalGetElement::create);
        add(map, "OptionalHasElement", 15, OptionalHasElement::create);
        add(map, "Or", 1, Or::create);
        add(map, "org.lanewise.AveragePool", 1, NhwcAveragePool::create);
        add(map, "org.lanewise.Conv", 1, FusedConv::create);
        add(map, "org.lanewise.ConvTranspose", 1, FusedConvTranspose::create);
        add(map, "org.lanewise.GlobalAveragePool", 1, NhwcGlobalAveragePool::create);
        add(map, "org.lanewise.GlobalMaxPool", 1, NhwcGlobalMaxPool::create);
        add(map, "org.lanewise.MatMul", 1, FusedMatMul::create);
        add(map, "org.lanewise.MaxPool", 1, NhwcMaxPool::create);
        add(map, "Pad", 1, Pad::create);
        add(map, "Pow", 1, Pow::create);
        add(map, "PRelu", 1, PRelu::create);
        add(map, "QLinearConv", 10, QLinearConv::create);
        add(map, "QLinearMatMul", 10, QLinearMatMul::create);
        add(map, "QuantizeLinear", 10, QuantizeLinear::create);
        add(map, "RandomNormal", 1, RandomNormal::create);
        add(map, "RandomNormalLike", 1, RandomNormalLike::create);
        add(map, "RandomUniform", 1, RandomUniform::create);
        add(map, "RandomUniformLike", 1, RandomUniformLike::create);
        add(map, "Range", 11, Range::create);
        add(map, "Reciprocal", 1, Reciprocal::create);
        add(map, "ReduceL1", 1, ReduceL1::create);
        add(map, "ReduceL2", 1, ReduceL2::create);
        add(map, "ReduceLogSum", 1, ReduceLogSum::create);
        add(map, "ReduceLogSumExp", 1, ReduceLogSumExp::create);
        add(map, "ReduceMax", 1, ReduceMax::create);
        add(map, "ReduceMean", 1, ReduceMean::create);
        add(map, "ReduceMin", 1, ReduceMin::create);
        add(map, "ReduceProd", 1, ReduceProd::create);
        add(map, "ReduceSum", 1, ReduceSum::create);
        add(map, "ReduceSumSquare", 1, ReduceSumSquare::create);
        add(map, "RegexFullMatch", 20, RegexFullMatch::create);
        add(map, "Relu", 1, Relu::create);
        add(map, "Reshape", 1, Reshape::create);
        add(map, "Resize", 10, Resize::create);
        add(map, "ReverseSequence", 10, ReverseSequence::create);
        add(map, "RMSNormalization", 23, RMSNormalization::create);
        add(map, "RNN", 1, RNN::create);
        add(map, "RoiAlign", 10, RoiAlign::create);
        add(map, "RotaryEmbedding", 23, RotaryEmbedding::create);
        add(map, "Round", 11, Round::create);
        add(map, "Scan", 8, Scan::create);
        add(map, "Scatter", 9, ScatterElements::create);
        add(map, "ScatterElements", 11, ScatterElements::create);
        add(map, "ScatterND", 11, ScatterND::create);
        add(map, "Selu", 1, Selu::create);
        add(map, "SequenceAt", 11, SequenceAt::create);
        add(map, "SequenceConstruct", 11, SequenceConstruct::create);
        add(map, "SequenceEmpty", 11, SequenceEmpty::create);
        add(map, "SequenceErase", 11, SequenceErase::create);
        add(map, "SequenceInsert", 11, SequenceInsert::create);
        add(map, "SequenceLength", 11, SequenceLength::create);
        add(map, "SequenceMap", 17, SequenceMap::create);
        add(map, "Shape", 1, ShapeOf::create);
        add(map, "Shrink", 9, Shrink::create);
        add(map, "Sigmoid", 1, Sigmoid::create);
        add(map, "Sign", 9, Sign::create);
        add(map, "SimplifiedLayerNormalization", 1, RMSNormalization::create);
        add(map, "Sin", 7, Sin::create);
        add(map, "Sinh", 9, Sinh::create);
        add(map, "Size", 1, Size::create);
        add(map, "Slice", 1, Slice::create);
        add(map, "Softmax", 1, Softmax::create);
        add(map, "SoftmaxCrossEntropyLoss", 12, SoftmaxCrossEntropyLoss::create);
        add(map, "Softplus", 1, Softplus::create);
        add(map, "Softsign", 1, Softsign::create);
        add(map, "SpaceToDepth", 1, SpaceToDepth::create);
        add(map, "Split", 1, Split::create);
        add(map, "SplitToSequence", 11, SplitToSequence::create);
        add(map, "Sqrt", 1, Sqrt::create);
        add(map, "Squeeze", 1, Squeeze::create);
        add(map, "STFT", 17, STFT::create);
        add(map, "StringConcat", 20, StringConcat::create);
        add(map, "StringNormalizer", 10, StringNormalizer::create);
        add(map, "StringSplit", 20, StringSplit::create);
        add(map, "Sub", 1, Sub::create);
        add(map, "Sum", 1, Sum::create);
        add(map, "SwiGLU", 28, SwiGLU::create);
        add(map, "Swish", 24, Swish::create);
        add(map, "Tan", 7, Tan::create);
        add(map, "Tanh", 1, Tanh::create);
        add(map, "TensorScatter", 24, TensorScatter::create);
        add(map, "TfIdfVectorizer", 9, TfIdfVectorizer::create);
        add(map, "ThresholdedRelu", 10, ThresholdedRelu::create);
        add(map, "Tile", 1, Tile::create);
        add(map, "TopK", 1, TopK::create);
        add(map, "Transpose", 1, Transpose::create);
        add(map, "Trilu", 14, Trilu::create);
        add(map, "Unique", 11, Unique::create);
        add(map, "Unsqueeze", 1, Unsqueeze::create);
        add(map, "Upsample", 1, Upsample::create);
        add(map, "Where", 9, Where::create);
        add(map, "Xor", 1, Xor::create);
        return map;
    }

    private static void add(NavigableMap<String, Entry> map, String name, int since, OperatorFactory factory) {
        if (map.put(name, new Entry(since, factory)) != null) {
            throw new IllegalStateException("operator " + name + " is listed twice");
        }
    }
}
