package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * What is taken out of a {@link PackedInt8B} so that runs of three or four products fit 16 bits, to be added apart. In a run of k that some columns of a panel have too much in, the
 * weights at one k give way for all of these columns if they can: such a step is one product of a vector for each row. What is taken out is little, so the steps of a panel are summed in 16
 * bits again, in chunks that are as long as magnitudes allow; most panels have one.
 */
final class Int8Excess {
    private static final int NR = Gemm.NR;

    /** Products summed in 16 bits, in the panels. */
    final int run;

    /** The chunk each panel starts with, and the end. */
    private final int[] firstChunk;

    /** The step each chunk starts with. */
    private int[] firstStep = new int[8];

    /** The k of each step. */
    private int[] steps = new int[8];

    /** A panel's weights of each step. */
    private byte[] weights = new byte[8 * NR];

    private int chunks;
    private int count;

    private Int8Excess(int panels, int run) {
        this.firstChunk = new int[panels + 1];
        this.run = run;
    }

    /** Takes out of panels what is too much for runs of that length. */
    static Int8Excess take(byte[] data, int depth, int panels, int run) {
        Int8Excess excess = new Int8Excess(panels, run);
        if (run > PackedInt8B.LEAST) { // runs of two always fit
            excess.takeAll(data, depth);
        }
        excess.firstStep = Arrays.copyOf(excess.firstStep, excess.chunks + 1);
        excess.firstStep[excess.chunks] = excess.count;
        excess.steps = Arrays.copyOf(excess.steps, excess.count);
        excess.weights = Arrays.copyOf(excess.weights, excess.count * NR);
        return excess;
    }

    /** Number of steps. */
    int steps() {
        return count;
    }

    /** Number of chunks. */
    int chunks() {
        return chunks;
    }

    /** Number of chunks of a panel. */
    int chunks(int panel) {
        return firstChunk[panel + 1] - firstChunk[panel];
    }

    private void takeAll(byte[] data, int depth) {
        int[] over = new int[NR];
        for (int panel = 0; panel + 1 < firstChunk.length; panel++) {
            int[] taken = new int[NR];
            Arrays.fill(taken, Int8Tiles.LARGEST_SUM); // so that the first step opens a chunk
            for (int k = 0; k < depth; k += run) {
                int at = (panel * depth + k) * NR;
                while (exceeds(data, at, over)) {
                    step(data, at, k, over, taken);
                }
            }
            firstChunk[panel + 1] = chunks;
        }
    }

    /** By how much each column of a run is too large, if it is; whether one is. */
    private boolean exceeds(byte[] data, int at, int[] over) {
        boolean any = false;
        for (int lane = 0; lane < NR; lane++) {
            int sum = -Int8Tiles.LARGEST_SUM;
            for (int x = 0; x < run; x++) {
                sum += Math.abs(data[at + x * NR + lane]);
            }
            over[lane] = Math.max(0, sum);
            any |= sum > 0;
        }
        return any;
    }

    /** Takes out at the k that settles most columns. */
    private void step(byte[] data, int at, int k, int[] over, int[] taken) {
        int best = 0;
        int most = -1;
        for (int x = 0; x < run; x++) {
            int gain = 0;
            for (int lane = 0; lane < NR; lane++) {
                int weight = Math.abs(data[at + x * NR + lane]);
                gain += Math.min(weight, over[lane]) + (over[lane] > 0 && weight >= over[lane] ? 1 << 16 : 0);
            }
            if (gain > most) {
                most = gain;
                best = x;
            }
        }
        byte[] step = new byte[NR];
        boolean fits = true;
        for (int lane = 0; lane < NR; lane++) {
            int weight = data[at + best * NR + lane];
            int out = Math.min(Math.abs(weight), over[lane]);
            step[lane] = (byte) (weight < 0 ? -out : out);
            data[at + best * NR + lane] -= step[lane];
            fits &= taken[lane] + out <= Int8Tiles.LARGEST_SUM;
        }
        append(k + best, step, fits, taken);
    }

    private void append(int k, byte[] step, boolean fits, int[] taken) {
        if (!fits) {
            if (chunks == firstStep.length) {
                firstStep = Arrays.copyOf(firstStep, 2 * chunks);
            }
            firstStep[chunks++] = count;
            Arrays.fill(taken, 0);
        }
        if (count == steps.length) {
            steps = Arrays.copyOf(steps, 2 * count);
            weights = Arrays.copyOf(weights, 2 * count * NR);
        }
        for (int lane = 0; lane < NR; lane++) {
            taken[lane] += Math.abs(step[lane]);
        }
        System.arraycopy(step, 0, weights, count * NR, NR);
        steps[count++] = k;
    }

    /** Adds what was taken out of some panels; from three rows on, up to a multiple of {@link Int8Tiles#MR} of them. */
    void add(int[] a, int aOff, int lda, int rows, int panel, int panels, int[] c, int cOff, int ldc) {
        for (int p = 0; p < panels; p++) {
            int to = cOff + p * NR;
            for (int i = firstChunk[panel + p]; i < firstChunk[panel + p + 1]; i++) {
                chunk(a, aOff, lda, rows, firstStep[i], firstStep[i + 1], c, to, ldc);
            }
        }
    }

    /** Adds what was taken out of rows {@code fromK..toK} of a panel to half a panel of them, widened: see {@link Int8TriplesVector#widen}. */
    void restore(int panel, int fromK, int toK, double[] wide, int off, int up) {
        int end = firstStep[firstChunk[panel + 1]];
        for (int i = firstStep[firstChunk[panel]]; i < end; i++) {
            if (steps[i] >= fromK && steps[i] < toK) {
                Int8TriplesVector.add(weights, i * NR, wide, off + (steps[i] - fromK) * Simd.LANES, up);
            }
        }
    }

    private void chunk(int[] a, int aOff, int lda, int rows, int from, int end, int[] c, int cOff, int ldc) {
        int step = rows > 2 ? Int8Tiles.MR : 1;
        for (int r = 0; r < rows; r += step) {
            if (step > 1) {
                Int8ExcessVector.add6x1(a, aOff + r * lda, lda, steps, weights, from, end, c, cOff + r * ldc, ldc);
            } else {
                Int8ExcessVector.add1x1(a, aOff + r * lda, steps, weights, from, end, c, cOff + r * ldc);
            }
        }
    }
}
