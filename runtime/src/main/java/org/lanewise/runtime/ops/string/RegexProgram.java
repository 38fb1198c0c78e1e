package org.lanewise.runtime.ops.string;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression as a nondeterministic automaton that follows all its ways at once (Thompson, 1968): time in proportion to the length of the text times
 * the size of the pattern, whatever the pattern. A model's pattern cannot make a run hang. Immutable, shared by threads.
 */
public final class RegexProgram {
    private static final int MAX_SIZE = 50_000;

    private final @Nullable IntPredicate[] sets;
    private final Regex.@Nullable Anchor[] anchors;
    private final int[] next;
    private final int[] other;
    private final int end;

    private RegexProgram(Builder builder) {
        this.sets = builder.sets.toArray(IntPredicate[]::new);
        this.anchors = builder.anchors.toArray(Regex.Anchor[]::new);
        this.next = builder.next.stream().mapToInt(Integer::intValue).toArray();
        this.other = builder.other.stream().mapToInt(Integer::intValue).toArray();
        this.end = next.length;
    }

    /**
     * Compiles a pattern of RE2's syntax.
     *
     * @throws IllegalArgumentException if it is not valid or too large
     */
    public static RegexProgram compile(String pattern) {
        Builder builder = new Builder();
        builder.add(RegexParser.parse(pattern));
        return new RegexProgram(builder);
    }

    /** Whether the whole text matches. */
    public boolean matches(String text) {
        Threads now = new Threads(end + 1);
        Threads then = new Threads(end + 1);
        int[] stack = new int[2 * end + 2];
        int before = -1;
        int at = 0;
        int c = text.isEmpty() ? -1 : text.codePointAt(0);
        follow(now, 0, before, c, stack);
        while (c >= 0 && now.count > 0) {
            at += Character.charCount(c);
            int after = at < text.length() ? text.codePointAt(at) : -1;
            then.clear();
            for (int i = 0; i < now.count; i++) {
                int instruction = now.list[i];
                IntPredicate set = instruction < end ? sets[instruction] : null;
                if (set != null && set.test(c)) {
                    follow(then, next[instruction], c, after, stack);
                }
            }
            Threads swapped = now;
            now = then;
            then = swapped;
            c = after;
        }
        return c < 0 && now.has(end);
    }

    /** Adds an instruction and all that can be reached from it without reading. */
    private void follow(Threads threads, int from, int before, int after, int[] stack) {
        int depth = 0;
        stack[depth++] = from;
        while (depth > 0) {
            int instruction = stack[--depth];
            if (!threads.add(instruction) || instruction == end || sets[instruction] != null) {
                continue;
            }
            Regex.Anchor anchor = anchors[instruction];
            if (anchor == null || anchor.holds(before, after)) {
                stack[depth++] = next[instruction];
                if (other[instruction] >= 0) {
                    stack[depth++] = other[instruction];
                }
            }
        }
    }

    /** A set of instructions that remembers their order and clears in no time. */
    private static final class Threads {
        final int[] list;
        final boolean[] member;
        int count;

        Threads(int size) {
            list = new int[size];
            member = new boolean[size];
        }

        boolean add(int instruction) {
            if (member[instruction]) {
                return false;
            }
            member[instruction] = true;
            list[count++] = instruction;
            return true;
        }

        boolean has(int instruction) {
            return member[instruction];
        }

        void clear() {
            for (int i = 0; i < count; i++) {
                member[list[i]] = false;
            }
            count = 0;
        }
    }

    /** Emits instructions: one that reads a set, one that holds at a place, or one that goes on at one or two others. */
    private static final class Builder {
        final List<@Nullable IntPredicate> sets = new ArrayList<>();
        final List<Regex.@Nullable Anchor> anchors = new ArrayList<>();
        final List<Integer> next = new ArrayList<>();
        final List<Integer> other = new ArrayList<>();

        private int emit(@Nullable IntPredicate set, Regex.@Nullable Anchor anchor) {
            if (next.size() >= MAX_SIZE) {
                throw new IllegalArgumentException("the pattern is too large: more than " + MAX_SIZE + " states");
            }
            sets.add(set);
            anchors.add(anchor);
            next.add(next.size() + 1);
            other.add(-1);
            return next.size() - 1;
        }

        void add(Regex regex) {
            switch (regex) {
                case Regex.Chars(IntPredicate set) -> emit(set, null);
                case Regex.Place(Regex.Anchor anchor) -> emit(null, anchor);
                case Regex.Sequence(List<Regex> parts) -> parts.forEach(this::add);
                case Regex.Choice(List<Regex> options) -> choice(options);
                case Regex.Repeat(Regex part, int least, int most) -> repeat(part, least, most);
            }
        }

        private void choice(List<Regex> options) {
            List<Integer> ends = new ArrayList<>();
            for (int i = 0; i < options.size(); i++) {
                int split = i < options.size() - 1 ? emit(null, null) : -1;
                add(options.get(i));
                if (split >= 0) {
                    ends.add(emit(null, null));
                    other.set(split, next.size());
                }
            }
            ends.forEach(jump -> next.set(jump, next.size()));
        }

        private void repeat(Regex part, int least, int most) {
            for (int i = 0; i < least; i++) {
                add(part);
            }
            if (most == Regex.UNBOUNDED) {
                int split = emit(null, null);
                add(part);
                next.set(emit(null, null), split);
                other.set(split, next.size());
                return;
            }
            List<Integer> splits = new ArrayList<>();
            for (int i = least; i < most; i++) {
                splits.add(emit(null, null));
                add(part);
            }
            splits.forEach(split -> other.set(split, next.size()));
        }
    }
}
