package org.lanewise.runtime.ops.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

class TreeTest {
    private static final String ML = "ai.onnx.ml";
    private static final float NAN = Float.NaN;

    /** One question, 10 for yes, 20 for no. */
    private static NodeModel stump(String mode, float threshold, int missing) {
        return NodeModel.of(ML, "TreeEnsembleRegressor", 3)
                .with("n_targets", 1)
                .with("nodes_treeids", new long[] {0, 0, 0})
                .with("nodes_nodeids", new long[] {0, 1, 2})
                .with("nodes_featureids", new long[3])
                .with("nodes_modes", List.of(mode, "LEAF", "LEAF"))
                .with("nodes_values", new float[] {threshold, 0, 0})
                .with("nodes_truenodeids", new long[] {1, 0, 0})
                .with("nodes_falsenodeids", new long[] {2, 0, 0})
                .with("nodes_missing_value_tracks_true", new long[] {missing, 0, 0})
                .with("target_treeids", new long[] {0, 0})
                .with("target_nodeids", new long[] {1, 2})
                .with("target_ids", new long[] {0, 0})
                .with("target_weights", new float[] {10, 20});
    }

    @ParameterizedTest
    @CsvSource({
        "BRANCH_LEQ, 10 10 20 20, 10",
        "BRANCH_LT,  10 20 20 20, 10",
        "BRANCH_GTE, 20 10 10 20, 10",
        "BRANCH_GT,  20 20 10 20, 10",
        "BRANCH_EQ,  20 10 20 20, 10",
        "BRANCH_NEQ, 10 20 10 10, 10"
    })
    void everyQuestionInEveryType(String mode, String expected, float nanTracked) {
        String[] parts = expected.split(" ");
        float[] wanted = new float[4];
        for (int i = 0; i < 4; i++) {
            wanted[i] = Float.parseFloat(parts[i]);
        }
        float below = Math.nextDown(2.5f);
        float[] x = {below, 2.5f, Math.nextUp(2.5f), NAN};
        double[] wide = {below, 2.5, Math.nextUp(2.5), Double.NaN};
        assertArrayEquals(
                wanted,
                stump(mode, 2.5f, 0).input(Tensor.of(x, 4, 1)).run().getFirst().toFloatArray());
        assertArrayEquals(
                wanted,
                stump(mode, 2.5f, 0)
                        .input(Tensor.of(wide, 4, 1))
                        .run()
                        .getFirst()
                        .toFloatArray());
        assertEquals(
                nanTracked,
                stump(mode, 2.5f, 1)
                        .input(Tensor.of(new float[] {NAN}, 1, 1))
                        .run()
                        .getFirst()
                        .getDouble(0));
        assertEquals(
                nanTracked,
                stump(mode, 2.5f, 1)
                        .input(Tensor.of(new double[] {NAN}, 1, 1))
                        .run()
                        .getFirst()
                        .getDouble(0));
        float[] whole = {wanted[0], wanted[1], wanted[2]};
        assertArrayEquals(
                whole,
                stump(mode, 7, 0)
                        .input(Tensor.of(new long[] {6, 7, 8}, 3, 1))
                        .run()
                        .getFirst()
                        .toFloatArray());
    }

    @Test
    void thresholdsAtTheEndsAndZeros() {
        float inf = Float.POSITIVE_INFINITY;
        Tensor ends = Tensor.of(new float[] {-inf, inf}, 2, 1);
        assertArrayEquals(
                new float[] {20, 20},
                stump("BRANCH_LT", -inf, 0).input(ends).run().getFirst().toFloatArray());
        assertArrayEquals(
                new float[] {10, 20},
                stump("BRANCH_EQ", -inf, 0).input(ends).run().getFirst().toFloatArray());
        Tensor zeros = Tensor.of(new float[] {-0.0f, 0.0f}, 2, 1);
        assertArrayEquals(
                new float[] {10, 10},
                stump("BRANCH_EQ", 0, 0).input(zeros).run().getFirst().toFloatArray());
    }

    @Test
    void manyRowsAndTreesGiveWhatOneRowGives() {
        Random random = new Random(1);
        float[] x = new float[101 * 3];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(12) == 0 ? NAN : random.nextFloat();
        }
        for (String aggregate : List.of("SUM", "AVERAGE", "MIN", "MAX")) {
            Tensor all = forest(aggregate)
                    .threads(2)
                    .input(Tensor.of(x, 101, 3))
                    .run()
                    .getFirst();
            assertEquals("float[101,2]", all.toString());
            for (int row = 0; row < 101; row++) {
                Tensor one = Tensor.of(Arrays.copyOfRange(x, 3 * row, 3 * row + 3), 1, 3);
                double[] wide = {x[3 * row], x[3 * row + 1], x[3 * row + 2]};
                for (Tensor input : List.of(one, Tensor.of(wide, 1, 3))) {
                    Tensor y = forest(aggregate).input(input).run().getFirst();
                    assertEquals(all.getDouble(2 * row), y.getDouble(0));
                    assertEquals(all.getDouble(2 * row + 1), y.getDouble(1));
                }
            }
        }
    }

    /** Nine trees of random questions, four levels deep. */
    private static NodeModel forest(String aggregate) {
        Random random = new Random(2);
        int trees = 9;
        int perTree = 31;
        long[][] ints = new long[8][trees * perTree];
        float[] values = new float[trees * perTree];
        String[] modes = new String[trees * perTree];
        String[] all = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"};
        for (int i = 0; i < values.length; i++) {
            int node = i % perTree;
            ints[0][i] = i / perTree;
            ints[1][i] = node;
            ints[2][i] = random.nextInt(3);
            ints[3][i] = node < 15 ? 2 * node + 1 : 0;
            ints[4][i] = node < 15 ? 2 * node + 2 : 0;
            ints[5][i] = random.nextInt(2);
            modes[i] = node < 15 ? all[random.nextInt(6)] : "LEAF";
            values[i] = random.nextFloat();
        }
        long[] voteTree = new long[trees * 16];
        long[] voteNode = new long[trees * 16];
        long[] voteTarget = new long[trees * 16];
        float[] weights = new float[trees * 16];
        for (int i = 0; i < weights.length; i++) {
            voteTree[i] = i / 16;
            voteNode[i] = 15 + i % 16;
            voteTarget[i] = random.nextInt(2);
            weights[i] = random.nextFloat() - 0.5f;
        }
        return NodeModel.of(ML, "TreeEnsembleRegressor", 1)
                .with("n_targets", 2)
                .with("aggregate_function", aggregate)
                .with("base_values", new float[] {0.25f, -1})
                .with("nodes_treeids", ints[0])
                .with("nodes_nodeids", ints[1])
                .with("nodes_featureids", ints[2])
                .with("nodes_modes", List.of(modes))
                .with("nodes_values", values)
                .with("nodes_truenodeids", ints[3])
                .with("nodes_falsenodeids", ints[4])
                .with("nodes_missing_value_tracks_true", ints[5])
                .with("target_treeids", voteTree)
                .with("target_nodeids", voteNode)
                .with("target_ids", voteTarget)
                .with("target_weights", weights);
    }

    private static NodeModel classifier(long[] ids, float[] weights, String post) {
        long[] trees = new long[ids.length];
        long[] nodes = new long[ids.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = 1 + i % 2;
        }
        return NodeModel.of(ML, "TreeEnsembleClassifier", 3)
                .outputs(2)
                .with("classlabels_strings", List.of("no", "yes"))
                .with("post_transform", post)
                .with("nodes_treeids", new long[] {0, 0, 0})
                .with("nodes_nodeids", new long[] {0, 1, 2})
                .with("nodes_featureids", new long[3])
                .with("nodes_modes", List.of("BRANCH_LEQ", "LEAF", "LEAF"))
                .with("nodes_values", new float[3])
                .with("nodes_truenodeids", new long[] {1, 0, 0})
                .with("nodes_falsenodeids", new long[] {2, 0, 0})
                .with("class_treeids", trees)
                .with("class_nodeids", nodes)
                .with("class_ids", ids)
                .with("class_weights", weights)
                .input(Tensor.of(new float[] {-1, 1}, 2, 1));
    }

    @Test
    void twoClassesFromOneWeight() {
        List<Tensor> out = classifier(new long[] {0, 0}, new float[] {0.25f, 0.75f}, "NONE")
                .run();
        assertEquals("no", ((StringTensor) out.get(0)).get(0));
        assertEquals("yes", ((StringTensor) out.get(0)).get(1));
        assertArrayEquals(new float[] {0.75f, 0.25f, 0.25f, 0.75f}, out.get(1).toFloatArray());
        float[] signed = classifier(new long[] {1, 1}, new float[] {-2, 1}, "NONE")
                .run()
                .get(1)
                .toFloatArray();
        assertArrayEquals(new float[] {2, -2, -1, 1}, signed);
        float p = (float) (1 / (1 + Math.exp(-1)));
        float[] logistic = classifier(new long[] {1, 1}, new float[] {-1, 1}, "LOGISTIC")
                .run()
                .get(1)
                .toFloatArray();
        assertArrayEquals(new float[] {p, 1 - p, 1 - p, p}, logistic, 1e-6f);
    }

    @Test
    void aWeightForEachClass() {
        List<Tensor> out = classifier(new long[] {0, 1, 1, 0}, new float[] {3, 1, 2, 0.5f}, "SOFTMAX")
                .run();
        // at node 1: class 0 gets 3, class 1 gets 2; at node 2: 0.5 and 1
        float p = (float) (1 / (1 + Math.exp(-1)));
        float q = (float) (1 / (1 + Math.exp(-0.5)));
        assertArrayEquals(new float[] {p, 1 - p, 1 - q, q}, out.get(1).toFloatArray(), 1e-6f);
    }

    @Test
    void wrongTreesAreNamed() {
        NodeModel circle = stump("BRANCH_LEQ", 0, 0)
                .with("nodes_modes", List.of("BRANCH_LEQ", "BRANCH_LEQ", "LEAF"))
                .with("nodes_truenodeids", new long[] {1, 1, 0})
                .with("nodes_falsenodeids", new long[] {2, 2, 0})
                .input(Tensor.of(new float[1], 1, 1));
        assertTrue(
                assertThrows(InferenceException.class, circle::run).getMessage().contains("form a circle"));
        NodeModel absent = stump("BRANCH_LEQ", 0, 0)
                .with("target_nodeids", new long[] {1, 7})
                .input(Tensor.of(new float[1], 1, 1));
        assertTrue(
                assertThrows(InferenceException.class, absent::run).getMessage().contains("tree 0 has no node 7"));
        NodeModel narrow = stump("BRANCH_LEQ", 0, 0)
                .with("nodes_featureids", new long[] {4, 0, 0})
                .input(Tensor.of(new float[4], 1, 4));
        assertTrue(assertThrows(InferenceException.class, narrow::run)
                .getMessage()
                .contains("the input has 4 features, the trees ask for feature 4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE", "FLOAT16"})
    void leavesListedApartAndSets(String type) {
        Tensor x = Tensor.allocate(DataType.valueOf(type), Shape.of(4, 1));
        Elements.write(new double[] {2, 3, 9, Double.NaN}, x, 0, 4);
        Tensor y = NodeModel.of(ML, "TreeEnsemble", 5)
                .with("n_targets", 2)
                .with("tree_roots", new long[] {0, 1})
                .with("nodes_modes", Tensor.wrap(DataType.UINT8, Shape.of(2), new byte[] {6, 0}, 0))
                .with("nodes_featureids", new long[2])
                .with("nodes_splits", Tensor.of(new float[] {NAN, 5}))
                .with("membership_values", Tensor.of(new float[] {2, 9, NAN}))
                .with("nodes_trueleafs", new long[] {1, 1})
                .with("nodes_truenodeids", new long[] {0, 0})
                .with("nodes_falseleafs", new long[] {1, 1})
                .with("nodes_falsenodeids", new long[] {1, 1})
                .with("leaf_targetids", new long[] {0, 1})
                .with("leaf_weights", Tensor.of(new float[] {1, 8}))
                .input(x)
                .run()
                .getFirst();
        assertEquals(DataType.valueOf(type), y.type());
        assertArrayEquals(new float[] {2, 0, 1, 8, 1, 8, 0, 16}, y.toFloatArray());
    }
}
