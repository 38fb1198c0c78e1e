package org.lanewise.kernels.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementwiseTest {
    private static final int[][][] SHAPES = {
        {{67}, {67}},
        {{67}, {}},
        {{}, {67}},
        {{3, 45}, {45}},
        {{3, 45}, {3, 1}},
        {{3, 1}, {45}},
        {{2, 3, 37}, {3, 1}},
        {{1}, {1}},
        {{0, 2}, {2}}
    };

    private static float[] floats(Random random, int n) {
        float[] special = {0f, -0f, 1f, 2f, 3f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextInt(3) == 0 ? special[random.nextInt(special.length)] : (float) random.nextGaussian() * 4;
        }
        return x;
    }

    private static float exact(BinaryOp op, float a, float b) {
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            case POW -> (float) Math.pow(a, b);
            case PRELU -> a < 0 ? a * b : a;
            case FMOD -> a % b;
            case MOD -> (float) (a % b != 0 && a % b < 0 != b < 0 ? a % b + b : a % b);
            default -> throw new AssertionError(op);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = BinaryOp.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"AND", "OR", "XOR", "SHIFT_LEFT", "SHIFT_RIGHT"})
    void floatOperationsOnAllPatterns(BinaryOp op) {
        Random random = new Random(op.ordinal());
        for (int[][] shapes : SHAPES) {
            Broadcast plan = Broadcast.of(shapes);
            float[] a = floats(random, 300);
            float[] b = floats(random, 300);
            float[] y = new float[plan.size() + 7];
            int split = plan.size() / 3;
            FloatElementwise.binary(op, plan, a, 5, b, 3, y, 7, 0, split);
            FloatElementwise.binary(op, plan, a, 5, b, 3, y, 7, split, plan.size());
            for (int i = 0; i < plan.size(); i++) {
                float p = a[5 + BroadcastTest.index(plan.outputShape(), shapes[0], i)];
                float q = b[3 + BroadcastTest.index(plan.outputShape(), shapes[1], i)];
                assertEquals(exact(op, p, q), y[7 + i], () -> op + " of " + p + " and " + q);
            }
        }
    }

    @Test
    void shortRowsRepeated() {
        for (int n : new int[] {1, 3, 16, 64, 65}) {
            int[] matrix = {9000 / n, n};
            int size = 9000 / n * n;
            float[] a = floats(new Random(n), size + 1);
            float[] b = floats(new Random(n + 1), n + 2);
            float[] y = new float[size];
            float[] z = new float[size];
            for (int split : new int[] {0, 2500, size}) {
                Broadcast plan = Broadcast.of(matrix, new int[] {n});
                FloatElementwise.binary(BinaryOp.SUB, plan, a, 1, b, 2, y, 0, 0, split);
                FloatElementwise.binary(BinaryOp.SUB, plan, a, 1, b, 2, y, 0, split, size);
                Broadcast swapped = Broadcast.of(new int[] {n}, matrix);
                FloatElementwise.binary(BinaryOp.SUB, swapped, b, 2, a, 1, z, 0, 0, split);
                FloatElementwise.binary(BinaryOp.SUB, swapped, b, 2, a, 1, z, 0, split, size);
                for (int i = 0; i < size; i++) {
                    assertEquals(a[1 + i] - b[2 + i % n], y[i]);
                    assertEquals(b[2 + i % n] - a[1 + i], z[i]);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Comparison.class)
    void comparisons(Comparison op) {
        Random random = new Random(5);
        for (int[][] shapes : SHAPES) {
            Broadcast plan = Broadcast.of(shapes);
            float[] a = floats(random, 300);
            float[] b = floats(random, 300);
            byte[] y = new byte[plan.size()];
            FloatElementwise.compare(op, plan, a, 5, b, 3, y, 0, 0, plan.size());
            for (int i = 0; i < plan.size(); i++) {
                float p = a[5 + BroadcastTest.index(plan.outputShape(), shapes[0], i)];
                float q = b[3 + BroadcastTest.index(plan.outputShape(), shapes[1], i)];
                boolean expected = switch (op) {
                    case EQUAL -> p == q;
                    case LESS -> p < q;
                    case LESS_OR_EQUAL -> p <= q;
                    case GREATER -> p > q;
                    case GREATER_OR_EQUAL -> p >= q;
                };
                assertEquals(expected ? 1 : 0, y[i], () -> p + " " + op + " " + q);
            }
        }
    }

    @Test
    void shiftsRightCarryTheSign() {
        Broadcast plan = Broadcast.of(new int[] {2}, new int[] {});
        assertArrayEquals(new int[] {-4, 3}, ints(BinaryOp.SHIFT_RIGHT, false, plan, new int[] {-7, 7}, 1));
        assertArrayEquals(new int[] {-1, 0}, ints(BinaryOp.SHIFT_RIGHT, false, plan, new int[] {-7, 7}, 32));
        assertArrayEquals(new int[] {-1, 0}, ints(BinaryOp.SHIFT_RIGHT, false, plan, new int[] {-7, 7}, -1));
        assertArrayEquals(new int[] {0, 0}, ints(BinaryOp.SHIFT_LEFT, false, plan, new int[] {-7, 7}, -1));
    }

    @Test
    void integersWrapAround() {
        Broadcast plan = Broadcast.of(new int[] {2}, new int[] {});
        assertArrayEquals(
                new int[] {Integer.MIN_VALUE, 0},
                ints(BinaryOp.ADD, false, plan, new int[] {Integer.MAX_VALUE, -1}, 1));
        assertArrayEquals(new int[] {-3, 3}, ints(BinaryOp.DIV, false, plan, new int[] {-7, 7}, 2));
        assertArrayEquals(new int[] {2147483644, 3}, ints(BinaryOp.DIV, true, plan, new int[] {-7, 7}, 2));
        assertArrayEquals(new int[] {2, 1}, ints(BinaryOp.MOD, false, plan, new int[] {-7, 7}, 3));
        assertArrayEquals(new int[] {-1, 1}, ints(BinaryOp.FMOD, false, plan, new int[] {-7, 7}, 3));
        assertArrayEquals(new int[] {8, 7}, ints(BinaryOp.MIN, true, plan, new int[] {-7, 7}, 8));
        assertArrayEquals(new int[] {-7, 8}, ints(BinaryOp.MAX, true, plan, new int[] {-7, 7}, 8));
        assertArrayEquals(new int[] {-343, 343}, ints(BinaryOp.POW, false, plan, new int[] {-7, 7}, 3));
        assertArrayEquals(new int[] {-1, 0}, ints(BinaryOp.POW, false, plan, new int[] {-1, 7}, -3));
        assertArrayEquals(new int[] {0, 0}, ints(BinaryOp.SHIFT_LEFT, true, plan, new int[] {-7, 7}, 32));
        assertArrayEquals(new int[] {0x7ffffffc, 3}, ints(BinaryOp.SHIFT_RIGHT, true, plan, new int[] {-7, 7}, 1));
        assertThrows(ArithmeticException.class, () -> ints(BinaryOp.DIV, false, plan, new int[] {1, 2}, 0));
    }

    private static int[] ints(BinaryOp op, boolean unsigned, Broadcast plan, int[] a, int b) {
        int[] y = new int[a.length];
        IntElementwise.binary(op, unsigned, plan, a, 0, new int[] {b}, 0, y, 0, 0, a.length);
        long[] wide = new long[a.length];
        for (int i = 0; i < a.length; i++) {
            wide[i] = unsigned ? Integer.toUnsignedLong(a[i]) : a[i];
        }
        long[] z = new long[a.length];
        LongElementwise.binary(
                op,
                unsigned,
                plan,
                wide,
                0,
                new long[] {unsigned ? Integer.toUnsignedLong(b) : b},
                0,
                z,
                0,
                0,
                a.length);
        for (int i = 0; i < a.length; i++) {
            if (op != BinaryOp.SHIFT_LEFT) {
                assertEquals(y[i], (int) z[i], "long " + op);
            }
        }
        return y;
    }

    @Test
    void smallIntegersAreSignedOrUnsigned() {
        Broadcast plan = Broadcast.of(new int[] {700}, new int[] {700});
        byte[] a = new byte[700];
        byte[] b = new byte[700];
        new Random(1).nextBytes(a);
        new Random(2).nextBytes(b);
        short[] sa = new short[700];
        short[] sb = new short[700];
        for (int i = 0; i < 700; i++) {
            b[i] = b[i] == 0 ? 1 : b[i];
            sa[i] = (short) (a[i] * 257);
            sb[i] = (short) (b[i] * 131 | 1);
        }
        byte[] y = new byte[700];
        short[] z = new short[700];
        for (boolean unsigned : new boolean[] {false, true}) {
            for (BinaryOp op : new BinaryOp[] {
                BinaryOp.ADD, BinaryOp.DIV, BinaryOp.MIN, BinaryOp.MOD, BinaryOp.AND, BinaryOp.XOR, BinaryOp.OR
            }) {
                ByteElementwise.binary(op, unsigned, plan, a, 0, b, 0, y, 0, 0, 700);
                ShortElementwise.binary(op, unsigned, plan, sa, 0, sb, 0, z, 0, 0, 700);
                for (int i = 0; i < 700; i++) {
                    assertEquals(
                            (byte) small(op, unsigned ? a[i] & 255 : a[i], unsigned ? b[i] & 255 : b[i]),
                            y[i],
                            op.name());
                    assertEquals(
                            (short) small(op, unsigned ? sa[i] & 65535 : sa[i], unsigned ? sb[i] & 65535 : sb[i]),
                            z[i],
                            op.name());
                }
            }
            ByteElementwise.compare(Comparison.GREATER, unsigned, plan, a, 0, b, 0, y, 0, 0, 700);
            for (int i = 0; i < 700; i++) {
                assertEquals((unsigned ? (a[i] & 255) > (b[i] & 255) : a[i] > b[i]) ? 1 : 0, y[i]);
            }
        }
    }

    private static int small(BinaryOp op, int a, int b) {
        return switch (op) {
            case ADD -> a + b;
            case DIV -> a / b;
            case MIN -> Math.min(a, b);
            case MOD -> Math.floorMod(a, b);
            case AND -> a & b;
            case XOR -> a ^ b;
            case OR -> a | b;
            default -> throw new AssertionError(op);
        };
    }

    @Test
    void whereChooses() {
        int[][][] shapes = {
            {{67}, {67}, {67}},
            {{67}, {}, {67}},
            {{67}, {67}, {}},
            {{67}, {}, {}},
            {{3, 1}, {3, 40}, {40}},
            {{}, {5}, {}}
        };
        Random random = new Random(4);
        for (int[][] s : shapes) {
            Broadcast plan = Broadcast.of(s);
            byte[] c = new byte[100];
            for (int i = 0; i < 100; i++) {
                c[i] = (byte) random.nextInt(2);
            }
            float[] a = floats(random, 130);
            float[] b = floats(random, 130);
            float[] y = new float[plan.size()];
            String[] names = new String[130];
            String[] none = new String[130];
            String[] chosen = new String[plan.size()];
            for (int i = 0; i < 130; i++) {
                names[i] = "a" + i;
                none[i] = "b" + i;
            }
            Where.select(plan, c, 1, a, 2, b, 3, y, 0, 0, plan.size());
            Where.select(plan, c, 1, names, 2, none, 3, chosen, 0, 0, plan.size());
            for (int i = 0; i < plan.size(); i++) {
                int ai = 2 + BroadcastTest.index(plan.outputShape(), s[1], i);
                int bi = 3 + BroadcastTest.index(plan.outputShape(), s[2], i);
                boolean first = c[1 + BroadcastTest.index(plan.outputShape(), s[0], i)] != 0;
                assertEquals(first ? a[ai] : b[bi], y[i]);
                assertEquals(first ? "a" + ai : "b" + bi, chosen[i]);
            }
        }
    }

    @Test
    void halfPrecisionConverts() {
        float[] x = new float[77];
        for (int i = 0; i < 77; i++) {
            x[i] = (i - 40) * 1.00390625f;
        }
        x[3] = Float.NaN;
        x[4] = Float.POSITIVE_INFINITY;
        x[5] = Float.intBitsToFloat(0x3f808000); // a tie, to even: 1.0
        x[6] = Float.intBitsToFloat(0x3f818000); // a tie, to even: up
        x[7] = Float.MAX_VALUE;
        short[] h = new short[80];
        float[] y = new float[77];
        HalfPrecision.toBfloat16(x, 0, h, 3, 77);
        HalfPrecision.fromBfloat16(h, 3, y, 0, 77);
        for (int i = 0; i < 77; i++) {
            assertEquals(HalfPrecision.toBfloat16(x[i]), h[3 + i]);
            assertEquals(HalfPrecision.fromBfloat16(h[3 + i]), y[i]);
        }
        assertEquals(Float.NaN, y[3]);
        assertEquals(Float.POSITIVE_INFINITY, y[4]);
        assertEquals(1f, y[5]);
        assertEquals(Float.intBitsToFloat(0x3f820000), y[6]);
        assertEquals(Float.POSITIVE_INFINITY, y[7]);
        HalfPrecision.toFloat16(new float[] {1f, 65520f, -0f, 0x1p-24f}, 0, h, 0, 4);
        HalfPrecision.fromFloat16(h, 0, y, 0, 4);
        assertArrayEquals(
                new float[] {1f, Float.POSITIVE_INFINITY, -0f, 0x1p-24f}, new float[] {y[0], y[1], y[2], y[3]});
    }

    @Test
    void integerMaps() {
        byte[] b = {-128, 5};
        IntegerMap.map(Math::abs, b, 0, b, 0, 2);
        assertArrayEquals(new byte[] {-128, 5}, b);
        long[] l = new long[3];
        IntegerMap.map(v -> ~v, new long[] {0, 1, 2}, 1, l, 0, 2);
        assertArrayEquals(new long[] {-2, -3, 0}, l);
    }

    @Test
    void refusesOperationsTheTypeDoesNotHave() {
        Broadcast plan = Broadcast.of(new int[] {1}, new int[] {1});
        assertThrows(
                IllegalArgumentException.class,
                () -> FloatElementwise.binary(
                        BinaryOp.XOR, plan, new float[1], 0, new float[1], 0, new float[1], 0, 0, 1));
    }
}
