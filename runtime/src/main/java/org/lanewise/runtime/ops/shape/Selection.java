package org.lanewise.runtime.ops.shape;

/** Finds the smallest of many keys with a heap: O(n log k) at worst, about O(n) for random keys and small k. */
final class Selection {
    private Selection() {}

    /** Fills {@code result} with the indices of its length of smallest keys, in order; of equal keys the lower index comes first. */
    static void smallest(long[] keys, int[] result) {
        int k = result.length;
        if (k == 0) {
            return;
        }
        for (int i = 0; i < k; i++) {
            result[i] = i;
        }
        for (int i = k / 2 - 1; i >= 0; i--) {
            sink(keys, result, i, k);
        }
        for (int i = k; i < keys.length; i++) {
            if (keys[i] < keys[result[0]]) { // an equal key with a higher index never enters
                result[0] = i;
                sink(keys, result, 0, k);
            }
        }
        for (int end = k - 1; end > 0; end--) {
            int top = result[0];
            result[0] = result[end];
            result[end] = top;
            sink(keys, result, 0, end);
        }
    }

    /** Restores a heap with the last of the order on top. */
    private static void sink(long[] keys, int[] heap, int from, int size) {
        int at = from;
        int moving = heap[at];
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBehind(keys, heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBehind(keys, heap[child], moving)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moving;
    }

    private static boolean isBehind(long[] keys, int a, int b) {
        return keys[a] > keys[b] || keys[a] == keys[b] && a > b;
    }
}
