package org.lanewise.kernels.layout;

/** Copies blocks of contiguous elements from places that an index array names (gathering), or to such places (scattering). */
public final class Blocks {
    private Blocks() {}

    /**
     * Gathers: block {@code k} of the target is the block of the source that starts {@code at[k] * step} elements behind {@code s}.
     *
     * @param from first block
     * @param to behind the last block
     * @param block elements of a block
     * @param t where block 0 of the target starts
     */
    public static void gather(
            Object source, int s, int[] at, int step, int from, int to, int block, Object target, int t) {
        if (block < StridedLoops.BLOCK_MIN) {
            BlockLoops.gather(source, s, at, step, from, to, block, target, t);
            return;
        }
        for (int k = from; k < to; k++) {
            System.arraycopy(source, s + at[k] * step, target, t + k * block, block);
        }
    }

    /**
     * Scatters: block {@code k} of the source goes to the block of the target that starts {@code at[k] * step} elements behind {@code t}; of blocks with
     * the same place the last one stays.
     */
    public static void scatter(
            Object source, int s, Object target, int t, int[] at, int step, int from, int to, int block) {
        if (block < StridedLoops.BLOCK_MIN) {
            BlockLoops.scatter(source, s, target, t, at, step, from, to, block);
            return;
        }
        for (int k = from; k < to; k++) {
            System.arraycopy(source, s + k * block, target, t + at[k] * step, block);
        }
    }
}
