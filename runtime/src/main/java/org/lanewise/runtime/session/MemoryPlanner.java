package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Alignment;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Gives every value of known shape an offset in a slab, so that values alive at the same time never overlap. Largest first, each at the lowest offset
 * that is free during its life (greedy by size; Pisarchyk and Lee, <i>Efficient Memory Management for Deep Neural Net Inference</i>, 2020).
 *
 * <p>Graph outputs are not planned: they belong to the caller. Neither is what no longer fits a slab, which is a Java array. A view shares its input's buffer and keeps it alive; an {@link InPlace} operator takes over
 * its input's buffer where nobody needs it any more.
 */
final class MemoryPlanner {
    /** Buffers that are placed, the largest ones: placing compares each with all others. */
    private static final int MAX_PLACED = 20_000;

    /** Elements of the largest array that every JVM can make. */
    private static final int MAX_SLAB = Integer.MAX_VALUE - 8;

    /** A piece of a slab, shared by the values that are views or in-place successors of each other. */
    private static final class Buffer {
        final DataType.Storage storage;
        final int elements;
        final int firstStep;
        int lastStep;
        int offset = -1;

        /** Whether a graph output is a view of it: outside the slab it need not be copied. */
        boolean escapes;

        Buffer(DataType.Storage storage, int elements, int firstStep) {
            this.storage = storage;
            this.elements = elements;
            this.firstStep = firstStep;
            this.lastStep = firstStep;
        }

        boolean overlaps(Buffer other) {
            return storage == other.storage && firstStep <= other.lastStep && other.firstStep <= lastStep;
        }
    }

    private final ExecutionPlan plan;
    private final List<Step> steps;
    private final @Nullable Tensor[] known;
    private final @Nullable DataType[] types;
    private final @Nullable Shape[] shapes;
    private final @Nullable Buffer[] buffers;
    private final int[] lastUse;
    private final boolean[] escapes;

    private MemoryPlanner(
            ExecutionPlan plan,
            List<Step> steps,
            @Nullable Tensor[] known,
            @Nullable DataType[] types,
            @Nullable Shape[] shapes) {
        this.plan = plan;
        this.steps = steps;
        this.known = known;
        this.types = types;
        this.shapes = shapes;
        this.buffers = new Buffer[plan.slotCount()];
        this.lastUse = new int[plan.slotCount()];
        this.escapes = new boolean[plan.slotCount()];
    }

    static MemoryPlan plan(
            ExecutionPlan plan,
            List<Step> steps,
            @Nullable Tensor[] known,
            @Nullable DataType[] types,
            @Nullable Shape[] shapes) {
        return new MemoryPlanner(plan, steps, known, types, shapes).plan();
    }

    private MemoryPlan plan() {
        findLastUses();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            for (int output = 0; output < step.outputs().length; output++) {
                assign(step, i, output);
            }
        }
        Map<DataType.Storage, Integer> sizes = place();
        int[] offsets = new int[buffers.length];
        Arrays.fill(offsets, -1);
        for (int slot = 0; slot < buffers.length; slot++) {
            Buffer buffer = buffers[slot];
            if (buffer != null) {
                offsets[slot] = buffer.offset;
            }
        }
        return new MemoryPlan(offsets, types, shapes, sizes);
    }

    private void findLastUses() {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            for (int slot : step.inputs()) {
                if (slot >= 0) {
                    lastUse[slot] = i;
                }
            }
            for (String captured : step.info().node().captures()) {
                lastUse[plan.slot(captured)] = i;
            }
        }
        for (int slot : plan.outputSlots()) {
            lastUse[slot] = steps.size();
            escapes[slot] = true;
        }
    }

    private void assign(Step step, int index, int output) {
        int slot = step.outputs()[output];
        if (slot < 0 || known[slot] != null) {
            return;
        }
        DataType type = types[slot];
        Shape shape = shapes[slot];
        if (output == 0 && step.operator() instanceof Views) {
            Buffer source = step.inputs()[0] < 0 ? null : buffers[step.inputs()[0]];
            if (source != null) {
                buffers[slot] = source;
                source.lastStep = Math.max(source.lastStep, lastUse[slot]);
                source.escapes |= escapes[slot];
            }
            return;
        }
        if (type == null || shape == null || type == DataType.STRING || escapes[slot]) {
            return;
        }
        Buffer buffer = takeOver(step, index, output, type, shape);
        if (buffer == null) {
            buffer = new Buffer(type.storage(), shape.size(), index);
        }
        buffer.lastStep = Math.max(buffer.lastStep, Math.max(index, lastUse[slot]));
        buffers[slot] = buffer;
    }

    /** The buffer of the input that the operator may overwrite, when nobody reads it after this step. */
    private @Nullable Buffer takeOver(Step step, int index, int output, DataType type, Shape shape) {
        if (!(step.operator() instanceof InPlace inPlace)) {
            return null;
        }
        int input = inPlace.reusableInput(output);
        if (input < 0 || input >= step.inputs().length || step.inputs()[input] < 0) {
            return null;
        }
        int slot = step.inputs()[input];
        Buffer buffer = buffers[slot];
        Shape inputShape = shapes[slot];
        if (buffer == null || inputShape == null || buffer.lastStep != index || buffer.elements != shape.size()) {
            return null;
        }
        return type == types[slot] && shape.equals(inputShape) && usesOnce(step, buffer) ? buffer : null;
    }

    /** Whether only one input of the step lies in the buffer. */
    private boolean usesOnce(Step step, Buffer buffer) {
        int uses = 0;
        for (int slot : step.inputs()) {
            if (slot >= 0 && buffers[slot] == buffer) {
                uses++;
            }
        }
        for (int slot : step.outputs()) {
            if (slot >= 0 && buffers[slot] == buffer) {
                uses++;
            }
        }
        return uses == 1;
    }

    private Map<DataType.Storage, Integer> place() {
        Set<Buffer> distinct = new LinkedHashSet<>(Arrays.asList(buffers));
        distinct.removeIf(buffer -> buffer == null || buffer.escapes);
        List<Buffer> todo = new ArrayList<>(distinct);
        todo.sort(Comparator.comparingInt((Buffer buffer) -> buffer.elements).reversed());
        Map<DataType.Storage, Integer> sizes = new EnumMap<>(DataType.Storage.class);
        List<Buffer> placed = new ArrayList<>();
        for (Buffer buffer : todo.subList(0, Math.min(todo.size(), MAX_PLACED))) {
            List<Buffer> others = new ArrayList<>(placed);
            others.removeIf(other -> !buffer.overlaps(other));
            others.sort(Comparator.comparingInt(other -> other.offset));
            long offset = Alignment.first(buffer.storage.bytes());
            for (Buffer other : others) {
                if (offset + buffer.elements <= other.offset) {
                    break;
                }
                offset = Math.max(offset, Alignment.next(other.offset + (long) other.elements, buffer.storage.bytes()));
            }
            if (offset + buffer.elements > MAX_SLAB) {
                continue; // allocated as it comes
            }
            buffer.offset = (int) offset;
            placed.add(buffer);
            sizes.merge(buffer.storage, buffer.offset + buffer.elements, Math::max);
        }
        return sizes;
    }
}
