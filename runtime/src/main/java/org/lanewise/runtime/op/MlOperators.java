package org.lanewise.runtime.op;

import org.lanewise.runtime.ops.ml.ArrayFeatureExtractor;
import org.lanewise.runtime.ops.ml.Binarizer;
import org.lanewise.runtime.ops.ml.CastMap;
import org.lanewise.runtime.ops.ml.CategoryMapper;
import org.lanewise.runtime.ops.ml.DictVectorizer;
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
import org.lanewise.runtime.ops.ml.TreeEnsemble;
import org.lanewise.runtime.ops.ml.TreeEnsembleClassifier;
import org.lanewise.runtime.ops.ml.TreeEnsembleRegressor;
import org.lanewise.runtime.ops.ml.ZipMap;

/** The operators of the domain {@code ai.onnx.ml}, one a line in alphabetical order, each with the first opset that has it. */
final class MlOperators {
    private MlOperators() {}

    static void list(OperatorCatalog.Entries catalog) {
        catalog.add("ai.onnx.ml.ArrayFeatureExtractor", 1, ArrayFeatureExtractor::create);
        catalog.add("ai.onnx.ml.Binarizer", 1, Binarizer::create);
        catalog.add("ai.onnx.ml.CastMap", 1, CastMap::create);
        catalog.add("ai.onnx.ml.CategoryMapper", 1, CategoryMapper::create);
        catalog.add("ai.onnx.ml.DictVectorizer", 1, DictVectorizer::create);
        catalog.add("ai.onnx.ml.FeatureVectorizer", 1, FeatureVectorizer::create);
        catalog.add("ai.onnx.ml.Imputer", 1, Imputer::create);
        catalog.add("ai.onnx.ml.LabelEncoder", 1, LabelEncoder::create);
        catalog.add("ai.onnx.ml.LinearClassifier", 1, LinearClassifier::create);
        catalog.add("ai.onnx.ml.LinearRegressor", 1, LinearRegressor::create);
        catalog.add("ai.onnx.ml.Normalizer", 1, Normalizer::create);
        catalog.add("ai.onnx.ml.OneHotEncoder", 1, OneHotEncoder::create);
        catalog.add("ai.onnx.ml.Scaler", 1, Scaler::create);
        catalog.add("ai.onnx.ml.SVMClassifier", 1, SVMClassifier::create);
        catalog.add("ai.onnx.ml.SVMRegressor", 1, SVMRegressor::create);
        catalog.add("ai.onnx.ml.TreeEnsemble", 5, TreeEnsemble::create);
        catalog.add("ai.onnx.ml.TreeEnsembleClassifier", 1, TreeEnsembleClassifier::create);
        catalog.add("ai.onnx.ml.TreeEnsembleRegressor", 1, TreeEnsembleRegressor::create);
        catalog.add("ai.onnx.ml.ZipMap", 1, ZipMap::create);
    }
}
