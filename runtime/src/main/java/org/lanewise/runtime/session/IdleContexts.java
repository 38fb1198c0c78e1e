package org.lanewise.runtime.session;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.OnnxValue;

/** Contexts that wait for their next run, a bounded number. Taking and giving back allocate nothing and never wait for another thread. */
final class IdleContexts {
    private final AtomicReferenceArray<@Nullable RunContext> places;
    private volatile int victim;

    IdleContexts(int capacity) {
        places = new AtomicReferenceArray<>(capacity);
    }

    /** Takes a context for a run on these inputs, {@code null} when there is none. */
    @Nullable
    RunContext take(ModelInputs inputs, Map<String, ? extends OnnxValue> given) {
        for (int i = 0; i < places.length(); i++) {
            RunContext context = places.get(i);
            if (context != null && context.accepts(inputs, given) && places.compareAndSet(i, context, null)) {
                return context;
            }
        }
        return null;
    }

    /** Keeps a context; when all places are taken, in the place of another. */
    void give(RunContext context) {
        for (int i = 0; i < places.length(); i++) {
            if (places.get(i) == null && places.compareAndSet(i, null, context)) {
                return;
            }
        }
        int next = victim; // threads that read the same number replace the same context: no harm
        victim = (next + 1) % places.length();
        places.set(next, context);
    }

    /** Drops contexts. */
    void removeIf(Predicate<RunContext> condition) {
        for (int i = 0; i < places.length(); i++) {
            RunContext context = places.get(i);
            if (context != null && condition.test(context)) {
                places.compareAndSet(i, context, null);
            }
        }
    }

    int size() {
        int count = 0;
        for (int i = 0; i < places.length(); i++) {
            count += places.get(i) == null ? 0 : 1;
        }
        return count;
    }
}
