package org.lanewise.runtime.ops.string;

import java.util.List;
import java.util.function.IntPredicate;

/** A regular expression in RE2's syntax, parsed. */
sealed interface Regex {
    /** One code point of a set. */
    record Chars(IntPredicate set) implements Regex {}

    /** One after the other; nothing when empty. */
    record Sequence(List<Regex> parts) implements Regex {}

    /** Any one of them. */
    record Choice(List<Regex> options) implements Regex {}

    /**
     * Repetition.
     *
     * @param most {@link #UNBOUNDED} for no bound
     */
    record Repeat(Regex part, int least, int most) implements Regex {}

    /** A condition on the place between two code points. */
    record Place(Anchor anchor) implements Regex {}

    /** Conditions on a place. */
    enum Anchor {
        TEXT_START,
        TEXT_END,
        LINE_START,
        LINE_END,
        WORD_BOUNDARY,
        NO_WORD_BOUNDARY;

        /** Whether the condition holds between two code points, -1 at the ends of the text. */
        boolean holds(int before, int after) {
            return switch (this) {
                case TEXT_START -> before < 0;
                case TEXT_END -> after < 0;
                case LINE_START -> before < 0 || before == '\n';
                case LINE_END -> after < 0 || after == '\n';
                case WORD_BOUNDARY -> CharSets.isWord(before) != CharSets.isWord(after);
                case NO_WORD_BOUNDARY -> CharSets.isWord(before) == CharSets.isWord(after);
            };
        }
    }

    /** No upper bound of a {@link Repeat}. */
    int UNBOUNDED = -1;
}
