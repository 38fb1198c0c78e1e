package org.lanewise.runtime.ops.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

class FeatureTest {
    private static NodeModel ml(String op, int opset) {
        return NodeModel.of("ai.onnx.ml", op, opset);
    }

    private static float[] floats(NodeModel model) {
        return model.run().getFirst().toFloatArray();
    }

    private static List<String> strings(Tensor tensor) {
        StringTensor t = (StringTensor) tensor;
        return Arrays.asList(t.array()).subList(t.offset(), t.offset() + t.size());
    }

    @Test
    void labelsOfEveryKind() {
        Tensor words = Tensor.of(new String[] {"b", "x", "a"});
        NodeModel toInts =
                ml("LabelEncoder", 2).with("keys_strings", List.of("a", "b")).with("values_int64s", new long[] {5, 6});
        assertArrayEquals(
                new long[] {6, -1, 5}, toInts.input(words).run().getFirst().toLongArray());
        NodeModel floats = ml("LabelEncoder", 4)
                .with("keys_floats", new float[] {Float.NaN, 0, 0})
                .with("values_strings", List.of("nan", "first", "last"))
                .with("default_string", "?");
        Tensor x = Tensor.of(new float[] {Float.intBitsToFloat(0x7fc00001), -0.0f, 1});
        assertEquals(List.of("nan", "last", "?"), strings(floats.input(x).run().getFirst()));
        NodeModel tensors = ml("LabelEncoder", 4)
                .with("keys_tensor", Tensor.wrap(DataType.INT16, Shape.of(2), new short[] {7, -7}, 0))
                .with("values_tensor", Tensor.of(new double[] {0.5, 1.5}))
                .with("default_tensor", Tensor.of(new double[] {9}));
        Tensor y = tensors.input(Tensor.wrap(DataType.INT16, Shape.of(1, 3), new short[] {-7, 0, 7}, 0))
                .run()
                .getFirst();
        assertEquals("double[1,3]", y.toString());
        assertArrayEquals(new float[] {1.5f, 9, 0.5f}, y.toFloatArray());
    }

    @Test
    void labelsByTheirPlace() {
        NodeModel encoder =
                ml("LabelEncoder", 1).with("classes_strings", List.of("a", "b")).with("default_int64", 9);
        assertArrayEquals(
                new long[] {1, 9},
                encoder.input(Tensor.of(new String[] {"b", "c"}))
                        .run()
                        .getFirst()
                        .toLongArray());
        NodeModel decoder = ml("LabelEncoder", 1).with("classes_strings", List.of("a", "b"));
        assertEquals(
                List.of("b", "_Unused"),
                strings(decoder.input(Tensor.of(new long[] {1, 2})).run().getFirst()));
        NodeModel mapper =
                ml("CategoryMapper", 1).with("cats_int64s", new long[] {4, 8}).with("cats_strings", List.of("a", "b"));
        assertEquals(
                List.of("b", "_Unused"),
                strings(mapper.input(Tensor.of(new long[] {8, 5})).run().getFirst()));
    }

    @Test
    void keysAndValuesMustFit() {
        NodeModel odd =
                ml("LabelEncoder", 2).with("keys_strings", List.of("a")).with("values_int64s", new long[] {5, 6});
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> odd.input(Tensor.of(new String[] {"a"})).run());
        assertTrue(error.getMessage().contains("there are 1 keys and 2 values"), error.getMessage());
        NodeModel wrong =
                ml("LabelEncoder", 2).with("keys_strings", List.of("a")).with("values_int64s", new long[] {5});
        error = assertThrows(
                InferenceException.class,
                () -> wrong.input(Tensor.of(new long[] {1})).run());
        assertTrue(
                error.getMessage().contains("the input is int64, expected the type of the keys, string"),
                error.getMessage());
    }

    @Test
    void picksFeatures() {
        Tensor x = Tensor.of(new int[] {0, 1, 2, 3, 4, 5}, 2, 3);
        Tensor y = ml("ArrayFeatureExtractor", 1)
                .input(x)
                .input(Tensor.of(new long[] {2, 0}, 1, 2))
                .run()
                .getFirst();
        assertEquals("int32[2,2]", y.toString());
        assertArrayEquals(new long[] {2, 0, 5, 3}, y.toLongArray());
        Tensor row = ml("ArrayFeatureExtractor", 1)
                .input(Tensor.of(new float[] {7, 8}))
                .input(Tensor.of(new long[] {1}))
                .run()
                .getFirst();
        assertEquals("float[1,1]", row.toString());
        NodeModel outside = ml("ArrayFeatureExtractor", 1).input(x).input(Tensor.of(new long[] {3}));
        assertTrue(assertThrows(InferenceException.class, outside::run)
                .getMessage()
                .contains("index 3 is outside 0..2"));
    }

    @Test
    void scalesAndCompares() {
        Tensor x = Tensor.of(new long[] {1, 2, 3, 4}, 2, 2);
        assertArrayEquals(
                new float[] {0, 10, 4, 30},
                floats(ml("Scaler", 1)
                        .with("offset", new float[] {1, 1})
                        .with("scale", new float[] {2, 10})
                        .input(x)));
        assertArrayEquals(
                new float[] {3, 6, 9, 12},
                floats(ml("Scaler", 1).with("scale", new float[] {3}).input(x)));
        Tensor binary = ml("Binarizer", 1).with("threshold", 2f).input(x).run().getFirst();
        assertEquals("int64[2,2]", binary.toString());
        assertArrayEquals(new long[] {0, 0, 1, 1}, binary.toLongArray());
    }

    @Test
    void fillsInMissingValues() {
        Tensor x = Tensor.of(new float[] {Float.NaN, 1, 2, Float.NaN}, 2, 2);
        NodeModel floats = ml("Imputer", 1)
                .with("imputed_value_floats", new float[] {8, 9})
                .with("replaced_value_float", Float.NaN);
        assertArrayEquals(new float[] {8, 1, 2, 9}, floats(floats.input(x)));
        NodeModel ints = ml("Imputer", 1)
                .with("imputed_value_int64s", new long[] {Long.MAX_VALUE})
                .with("replaced_value_int64", -1);
        assertArrayEquals(
                new long[] {Long.MAX_VALUE, Long.MIN_VALUE},
                ints.input(Tensor.of(new long[] {-1, Long.MIN_VALUE}, 1, 2))
                        .run()
                        .getFirst()
                        .toLongArray());
        NodeModel wrong =
                ml("Imputer", 1).with("imputed_value_int64s", new long[1]).input(x);
        assertTrue(assertThrows(InferenceException.class, wrong::run)
                .getMessage()
                .contains("the input is float, the imputed values are integers"));
    }

    @Test
    void normalizesRows() {
        Tensor x = Tensor.of(new float[] {3, -4, 0, 0}, 2, 2);
        assertArrayEquals(
                new float[] {1, -4f / 3, 0, 0}, floats(ml("Normalizer", 1).input(x)));
        assertArrayEquals(
                new float[] {3f / 7, -4f / 7, 0, 0},
                floats(ml("Normalizer", 1).with("norm", "L1").input(x)));
        assertArrayEquals(
                new float[] {0.6f, -0.8f, 0, 0},
                floats(ml("Normalizer", 1).with("norm", "L2").input(x)));
    }

    @Test
    void oneHot() {
        NodeModel ints = ml("OneHotEncoder", 1).with("cats_int64s", new long[] {3, 5});
        Tensor y = ints.input(Tensor.of(new float[] {5.9f, 4, 3}, 3, 1)).run().getFirst();
        assertEquals("float[3,1,2]", y.toString());
        assertArrayEquals(new float[] {0, 1, 0, 0, 1, 0}, y.toFloatArray());
        NodeModel strict = ml("OneHotEncoder", 1)
                .with("cats_strings", List.of("a"))
                .with("zeros", 0)
                .input(Tensor.of(new String[] {"b"}));
        assertTrue(assertThrows(InferenceException.class, strict::run)
                .getMessage()
                .contains("element 0 of the input is none of the 1 categories"));
    }

    @Test
    void putsFeaturesSideBySide() {
        Tensor y = ml("FeatureVectorizer", 1)
                .with("inputdimensions", new long[] {1, 3})
                .input(Tensor.of(new int[] {1, 2, 3, 4}, 2, 2))
                .input(Tensor.of(new float[] {5, 6, 7, 8}, 2, 2))
                .run()
                .getFirst();
        assertEquals("float[2,4]", y.toString());
        assertArrayEquals(new float[] {1, 5, 6, 0, 3, 7, 8, 0}, y.toFloatArray());
    }

    @Test
    void linearFunctions() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, -4}, 2, 2);
        NodeModel two = ml("LinearRegressor", 1)
                .with("targets", 2)
                .with("coefficients", new float[] {1, 10, 2, 0})
                .with("intercepts", new float[] {0.5f, -1});
        assertArrayEquals(new float[] {21.5f, 1, -36.5f, 5}, floats(two.input(x)));
        NodeModel one = ml("LinearClassifier", 1)
                .outputs(2)
                .with("coefficients", new float[] {1, 1})
                .with("intercepts", new float[] {0})
                .with("classlabels_ints", new long[] {7, 9})
                .with("post_transform", "LOGISTIC");
        List<Tensor> out = one.input(x).run();
        assertArrayEquals(new long[] {9, 7}, out.get(0).toLongArray());
        float p = (float) (1 / (1 + Math.exp(-3)));
        float q = (float) (1 / (1 + Math.exp(-1)));
        assertArrayEquals(new float[] {1 - p, p, q, 1 - q}, out.get(1).toFloatArray(), 1e-6f);
        NodeModel narrow =
                ml("LinearRegressor", 1).with("coefficients", new float[3]).input(x);
        assertTrue(
                assertThrows(InferenceException.class, narrow::run).getMessage().contains("expected 3 features"));
    }

    @Test
    void transformsOfScores() {
        double[] row = {0, 1, -1};
        PostTransform.SOFTMAX_ZERO.apply(row, 0, 3);
        double sum = 1 + Math.exp(-2);
        assertArrayEquals(new double[] {0, 1 / sum, Math.exp(-2) / sum}, row, 1e-12);
        double[] probit = {0.5, 0.975, 0.025};
        PostTransform.PROBIT.apply(probit, 0, 3);
        assertArrayEquals(new double[] {0, 1.96, -1.96}, probit, 5e-3);
    }

    @Test
    void supportVectors() {
        // k(x, v) = (x v)^2 with vectors 1 and 2: 3 x^2 - 4 x^2 + 1
        NodeModel poly = ml("SVMRegressor", 1)
                .with("kernel_type", "POLY")
                .with("kernel_params", new float[] {1, 0, 2})
                .with("n_supports", 2)
                .with("support_vectors", new float[] {1, 2})
                .with("coefficients", new float[] {3, -1})
                .with("rho", new float[] {1});
        assertArrayEquals(new float[] {0, -3}, floats(poly.input(Tensor.of(new float[] {1, 2}, 2, 1))));
        NodeModel sign = ml("SVMRegressor", 1)
                .with("coefficients", new float[] {1})
                .with("rho", new float[] {-1})
                .with("one_class", 1);
        assertArrayEquals(new float[] {-1, 1}, floats(sign.input(Tensor.of(new float[] {1, 2}, 2, 1))));
    }

    private static NodeModel pairs(float[] coefficients, float[] rho, long[] perClass, List<String> labels) {
        return ml("SVMClassifier", 1)
                .outputs(2)
                .with("classlabels_strings", labels)
                .with("vectors_per_class", perClass)
                .with("support_vectors", new float[] {1, 2, 4})
                .with("coefficients", coefficients)
                .with("rho", rho);
    }

    @Test
    void classesByVotesOfPairs() {
        // Kernels of x = 1 are 1, 2 and 4. Pairs: 0-1 is 1 - 2 - 0.5, 0-2 is 3 - 4 + 2, 1-2 is 2 * 5 - 4
        NodeModel three = pairs(
                new float[] {1, -1, -1, 3, 5, -1},
                new float[] {-0.5f, 2, 0},
                new long[] {1, 1, 1},
                List.of("a", "b", "c"));
        List<Tensor> out = three.input(Tensor.of(new float[] {1}, 1, 1)).run();
        assertEquals(List.of("b"), strings(out.get(0)));
        assertArrayEquals(new float[] {-1.5f, 1, 6}, out.get(1).toFloatArray());
        // 1 + 2 - 4 + 2 > 0 is a vote for the first
        NodeModel two = pairs(new float[] {1, 1, -1}, new float[] {2}, new long[] {2, 1}, List.of("a", "b"));
        out = two.input(Tensor.of(new float[] {1}, 1, 1)).run();
        assertEquals(List.of("a"), strings(out.get(0)));
        assertArrayEquals(new float[] {-1, 1}, out.get(1).toFloatArray());
    }

    @Test
    void probabilitiesOfPairs() {
        NodeModel two = pairs(new float[] {1, 1, -1}, new float[] {2}, new long[] {2, 1}, List.of("a", "b"))
                .with("prob_a", new float[] {-2})
                .with("prob_b", new float[] {0.5f});
        float[] p = two.input(Tensor.of(new float[] {1}, 1, 1)).run().get(1).toFloatArray();
        assertEquals(1 / (1 + Math.exp(-1.5)), p[0], 5e-3); // the iteration stops at this error
        assertEquals(1, p[0] + p[1], 1e-6);
    }

    private static NodeModel grams(String mode, long min, long max, long skip) {
        return NodeModel.of("TfIdfVectorizer", 9)
                .with("mode", mode)
                .with("min_gram_length", min)
                .with("max_gram_length", max)
                .with("max_skip_count", skip)
                .with("ngram_counts", new long[] {0, 2})
                .with("ngram_indexes", new long[] {2, 0, 1})
                .with("weights", new float[] {10, 20, 30})
                .with("pool_strings", List.of("a", "b", "a", "b"));
    }

    @Test
    void countsOfNGrams() {
        Tensor x = Tensor.of(new String[] {"a", "a", "b", "a", "c", "b"});
        assertArrayEquals(new float[] {2, 1, 3}, floats(grams("TF", 1, 2, 0).input(x)));
        assertArrayEquals(new float[] {2, 3, 3}, floats(grams("TF", 1, 2, 1).input(x)));
        assertArrayEquals(new float[] {0, 1, 0}, floats(grams("TF", 2, 2, 0).input(x)));
        assertArrayEquals(new float[] {20, 30, 10}, floats(grams("IDF", 1, 2, 1).input(x)));
        assertArrayEquals(
                new float[] {40, 90, 30}, floats(grams("TFIDF", 1, 2, 1).input(x)));
        Tensor rows = grams("TF", 1, 1, 5)
                .input(Tensor.of(new String[] {"a", "b", "b", "b"}, 2, 2))
                .run()
                .getFirst();
        assertEquals("float[2,3]", rows.toString());
        assertArrayEquals(new float[] {1, 0, 1, 2, 0, 0}, rows.toFloatArray());
    }
}
