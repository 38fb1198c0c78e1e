package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** The memory of a {@link RunContext}: one array per storage that holds the planned values, and a few small ones of their own. */
final class Slabs {
    private final List<Object> arrays = new ArrayList<>();
    private final @Nullable Tensor[] planned;

    /** Makes the slabs and lays the planned values out in them. */
    Slabs(MemoryPlan memory) {
        Map<DataType.Storage, Object> slabs = new EnumMap<>(DataType.Storage.class);
        memory.slabSizes().forEach((storage, size) -> slabs.put(storage, newSlab(storage, size)));
        arrays.addAll(slabs.values());
        planned = new Tensor[memory.offsets().length];
        for (int slot = 0; slot < planned.length; slot++) {
            int offset = memory.offsets()[slot];
            DataType type = memory.types()[slot];
            Shape shape = memory.shapes()[slot];
            Object slab = type == null ? null : slabs.get(type.storage());
            if (offset >= 0 && type != null && shape != null && slab != null) {
                planned[slot] = Tensor.wrap(type, shape, slab, offset);
            }
        }
    }

    /** The tensor that is to hold the value of a slot, or {@code null} when it is allocated as it comes. */
    @Nullable
    Tensor planned(int slot) {
        return planned[slot];
    }

    /** Gives a slot memory of its own, which counts as part of the slabs. */
    Tensor stage(int slot, DataType type, Shape shape) {
        Tensor tensor = Tensor.allocate(type, shape);
        arrays.add(tensor.storage());
        planned[slot] = tensor;
        return tensor;
    }

    /** Lets a slot lie in memory of the caller, which does not count as part of the slabs. */
    void lend(int slot, Tensor tensor) {
        planned[slot] = tensor;
    }

    boolean isEmpty() {
        return arrays.isEmpty();
    }

    /** Whether the tensor lies in memory that later runs overwrite. */
    boolean contain(Tensor tensor) {
        Object storage = tensor.storage();
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == storage) {
                return true;
            }
        }
        return false;
    }

    private static Object newSlab(DataType.Storage storage, int size) {
        return switch (storage) {
            case FLOAT -> new float[size];
            case DOUBLE -> new double[size];
            case BYTE -> new byte[size];
            case SHORT -> new short[size];
            case INT -> new int[size];
            case LONG -> new long[size];
            case STRING -> throw new IllegalArgumentException("strings have no slab");
        };
    }
}
