package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/**
 * Where the values of a run lie: an offset into the slab of their storage, by slot; -1 for a value that is allocated as it comes.
 *
 * @param offsets by slot, in elements
 * @param types by slot, where planned
 * @param shapes by slot, where planned
 * @param slabSizes elements of each slab
 */
record MemoryPlan(
        int[] offsets, @Nullable DataType[] types, @Nullable Shape[] shapes, Map<DataType.Storage, Integer> slabSizes) {
    /** Nothing planned. */
    static MemoryPlan none(int slots) {
        int[] offsets = new int[slots];
        Arrays.fill(offsets, -1);
        return new MemoryPlan(offsets, new DataType[slots], new Shape[slots], new EnumMap<>(DataType.Storage.class));
    }

    /** Bytes of all slabs. */
    long bytes() {
        long bytes = 0;
        for (Map.Entry<DataType.Storage, Integer> slab : slabSizes.entrySet()) {
            bytes += (long) slab.getValue() * slab.getKey().bytes();
        }
        return bytes;
    }
}
