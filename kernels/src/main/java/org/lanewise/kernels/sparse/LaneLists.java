package org.lanewise.kernels.sparse;

import java.util.Objects;
import org.lanewise.kernels.Alignment;

/**
 * A constant sparse matrix B (K, N) without any pattern, packed for {@link SparseGemv}: {@code y = x * B}.
 *
 * <p>A group of columns lies side by side in the lanes of a vector. Its non-zeros are cut into bursts. A burst looks at a window of x, a few
 * vectors that are loaded once, and has a few slots; in each slot every lane takes one value of its column whose row lies in the window, and the
 * row's place in the window as a byte. The window follows the column that is furthest behind, so columns may run ahead of each other by
 * nearly a window, which evens out their counts. A lane that finds nothing has the value 0. Columns of about as many non-zeros
 * share a group where that makes fewer slots; then results have to be put back in order.
 *
 * <p>Immutable. Zeros of B, negative ones included, are not stored; other values are, NaN included.
 */
public final class LaneLists {
    /** Index of the first stored value, at the beginning of a cache line. */
    static final int START = Alignment.FIRST_FLOAT;

    /** Bytes behind the last position, because a vector of positions may be loaded whose end is not used. */
    private static final int SPARE = 8;

    private final int k;
    private final int n;
    private final int nonZeros;

    /** How it is cut; the windows have {@code form.window()} values. */
    final SparseGemvForm form;

    /** First burst of each group, and the end of the last. */
    final int[] starts;

    /** For each burst the first value of x in its window, a multiple of the lanes. */
    final int[] windows;

    /** For each slot a value per lane, from {@link #START} on. */
    final float[] values;

    /** For each slot the places in the window. */
    final byte[] positions;

    /** The column that each lane of each group holds, or an empty array where they are in order. */
    final int[] order;

    private LaneLists(SparseGemvColumns columns, SparseGemvForm form, int[] order, int[] starts) {
        this.k = columns.k;
        this.n = columns.n;
        this.nonZeros = columns.values.length;
        this.form = form;
        this.order = order;
        this.starts = starts;
        int bursts = starts[starts.length - 1];
        int slots = Math.multiplyExact(Math.multiplyExact(bursts, form.burst()), form.lanes());
        windows = new int[bursts];
        values = new float[Math.addExact(START, slots)];
        positions = new byte[Math.addExact(slots, SPARE)];
    }

    /** Packs a (K, N) matrix, its stored rows {@code ldb} values apart; it is stored as (N, K) if {@code transB}. */
    public static LaneLists of(float[] b, int off, int ldb, boolean transB, int k, int n) {
        SparseGemvColumns columns = SparseGemvColumns.of(b, off, ldb, transB, k, n);
        int[] sorted = columns.byCount();
        int[] bestOrder = {};
        SparseGemvForm bestForm = SparseGemvForm.CHOICES.getFirst();
        double bestTime = Double.POSITIVE_INFINITY;
        int[] bestStarts = {0};
        for (SparseGemvForm form : SparseGemvForm.CHOICES) {
            for (int[] order : new int[][] {{}, sorted}) {
                int[] starts = starts(columns, form, order);
                double time = SparseGemvCost.lanes(form, starts, k, n, order.length > 0);
                if (time < bestTime) {
                    bestTime = time;
                    bestForm = form;
                    bestOrder = order;
                    bestStarts = starts;
                }
            }
        }
        return fill(columns, bestForm, bestOrder, bestStarts);
    }

    /** Packs in the given form. */
    static LaneLists of(SparseGemvColumns columns, SparseGemvForm form, boolean sort) {
        int[] order = sort ? columns.byCount() : new int[0];
        return fill(columns, form, order, starts(columns, form, order));
    }

    private static int[] starts(SparseGemvColumns columns, SparseGemvForm form, int[] order) {
        int groups = (columns.n + form.lanes() - 1) / form.lanes();
        int[] starts = new int[groups + 1];
        Walk walk = new Walk(columns, form, order);
        for (int g = 0; g < groups; g++) {
            walk.enter(g);
            int bursts = 0;
            for (int window = walk.window(); window >= 0; window = walk.window()) {
                for (int lane = 0; lane < form.lanes(); lane++) {
                    for (int i = 0; i < form.burst() && walk.has(lane, window); i++) {
                        walk.next(lane);
                    }
                }
                bursts++;
            }
            starts[g + 1] = Math.addExact(starts[g], bursts);
        }
        return starts;
    }

    private static LaneLists fill(SparseGemvColumns columns, SparseGemvForm form, int[] order, int[] starts) {
        LaneLists lists = new LaneLists(columns, form, order, starts);
        Walk walk = new Walk(columns, form, order);
        int lanes = form.lanes();
        for (int g = 0; g < lists.groups(); g++) {
            walk.enter(g);
            for (int burst = starts[g]; burst < starts[g + 1]; burst++) {
                int window = walk.window();
                lists.windows[burst] = window;
                for (int lane = 0; lane < lanes; lane++) {
                    int slot = burst * form.burst() * lanes + lane;
                    for (int i = 0; i < form.burst() && walk.has(lane, window); i++) {
                        int entry = walk.next(lane);
                        lists.values[START + slot + i * lanes] = columns.values[entry];
                        lists.positions[slot + i * lanes] = (byte) (columns.rows[entry] - window);
                    }
                }
            }
        }
        return lists;
    }

    /** Number of rows of B. */
    public int k() {
        return k;
    }

    /** Number of columns of B. */
    public int n() {
        return n;
    }

    /** Stored values other than zero. */
    public int nonZeros() {
        return nonZeros;
    }

    /** Number of groups of columns, the unit in which a product is split between threads. */
    public int groups() {
        return starts.length - 1;
    }

    /** Values that a product multiplies, the zeros that fill lanes included. */
    public long slots() {
        return (long) windows.length * form.burst() * form.lanes();
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return 4L * (values.length + windows.length + starts.length + order.length) + positions.length;
    }

    /** Groups at which to cut the work into pieces of about as many slots: piece i is {@code cuts[i]..cuts[i + 1]}; pieces may be empty. */
    public int[] cuts(int pieces) {
        return SparseGemvCost.cuts(starts, pieces);
    }

    /** The value B(row, column). */
    public float get(int row, int column) {
        Objects.checkIndex(row, k);
        Objects.checkIndex(column, n);
        int lanes = form.lanes();
        int place = 0;
        while (column(place) != column) {
            place++;
        }
        int group = place / lanes;
        int burst = form.burst();
        for (int slot = starts[group] * burst; slot < starts[group + 1] * burst; slot++) {
            int at = slot * lanes + place % lanes;
            float value = values[START + at];
            if (value != 0 && windows[slot / burst] + (positions[at] & 0xff) == row) {
                return value;
            }
        }
        return 0;
    }

    /** The column in lane {@code place % lanes} of group {@code place / lanes}. */
    int column(int place) {
        return order.length == 0 ? place : order[place];
    }

    /** Length of an x with room behind it for the window of every burst. */
    int paddedK() {
        return SparseGemvCost.roundUp(k, form.lanes()) + form.window();
    }

    @Override
    public String toString() {
        return "LaneLists (" + k + ", " + n + "), " + nonZeros + " non-zeros in " + slots() + " slots, " + form;
    }

    /** Goes through the columns of a group side by side. */
    private static final class Walk {
        private final SparseGemvColumns columns;
        private final SparseGemvForm form;
        private final int[] order;

        /** For each lane its next entry, and the end of its column. */
        private final int[] at;

        private final int[] end;

        Walk(SparseGemvColumns columns, SparseGemvForm form, int[] order) {
            this.columns = columns;
            this.form = form;
            this.order = order;
            at = new int[form.lanes()];
            end = new int[form.lanes()];
        }

        void enter(int group) {
            for (int lane = 0; lane < at.length; lane++) {
                int place = group * at.length + lane;
                if (place < columns.n) {
                    int column = order.length == 0 ? place : order[place];
                    at[lane] = columns.start[column];
                    end[lane] = columns.start[column + 1];
                } else {
                    at[lane] = 0;
                    end[lane] = 0;
                }
            }
        }

        /** Where the next window begins, or -1 at the end. */
        int window() {
            int first = Integer.MAX_VALUE;
            for (int lane = 0; lane < at.length; lane++) {
                if (at[lane] < end[lane]) {
                    first = Math.min(first, columns.rows[at[lane]]);
                }
            }
            return first == Integer.MAX_VALUE ? -1 : first / at.length * at.length;
        }

        boolean has(int lane, int window) {
            return at[lane] < end[lane] && columns.rows[at[lane]] < window + form.window();
        }

        int next(int lane) {
            return at[lane]++;
        }
    }
}
