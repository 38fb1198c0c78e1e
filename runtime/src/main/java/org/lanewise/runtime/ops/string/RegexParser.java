package org.lanewise.runtime.ops.string;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Parses RE2's syntax (github.com/google/re2/wiki/Syntax): no back references and no looking around, so that matching takes time in proportion to the text.
 * What RE2 refuses is refused; {@code \C} is not supported.
 */
final class RegexParser {
    private static final int MAX_DEPTH = 250;
    private static final int MAX_REPEAT = 1000;

    private final int[] text;
    private int at;
    private int depth;
    private boolean foldCase;
    private boolean multiLine;
    private boolean dotAll;

    private RegexParser(String pattern) {
        text = pattern.codePoints().toArray();
    }

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if it is not valid
     */
    static Regex parse(String pattern) {
        RegexParser parser = new RegexParser(pattern);
        Regex result = parser.choice();
        if (parser.at < parser.text.length) {
            throw parser.error("unmatched )");
        }
        return result;
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException(
                "pattern '" + new String(text, 0, text.length) + "', character " + at + ": " + what);
    }

    private int peek() {
        return at < text.length ? text[at] : -1;
    }

    private boolean accept(int c) {
        boolean matches = peek() == c;
        at += matches ? 1 : 0;
        return matches;
    }

    private boolean accept(String literal) {
        for (int i = 0; i < literal.length(); i++) {
            if (at + i >= text.length || text[at + i] != literal.charAt(i)) {
                return false;
            }
        }
        at += literal.length();
        return true;
    }

    private Regex choice() {
        List<Regex> options = new ArrayList<>();
        do {
            options.add(sequence());
        } while (accept('|'));
        return options.size() == 1 ? options.getFirst() : new Regex.Choice(options);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (at < text.length && peek() != '|' && peek() != ')') {
            if (accept("\\Q")) {
                quoted(parts);
            } else {
                Regex part = atom();
                if (part != null) {
                    parts.add(repeated(part));
                }
            }
        }
        return new Regex.Sequence(parts);
    }

    /** Literals up to {@code \E}; a repetition behind it is that of the last one. */
    private void quoted(List<Regex> parts) {
        Regex last = null;
        while (at < text.length && !accept("\\E")) {
            if (last != null) {
                parts.add(last);
            }
            last = literal(text[at++]);
        }
        if (last != null) {
            parts.add(repeated(last));
        }
    }

    private Regex repeated(Regex part) {
        int start = at;
        int least;
        int most = Regex.UNBOUNDED;
        if (accept('*')) {
            least = 0;
        } else if (accept('+')) {
            least = 1;
        } else if (accept('?')) {
            least = 0;
            most = 1;
        } else {
            int[] bounds = bounds();
            if (bounds == null) {
                return part;
            }
            least = bounds[0];
            most = bounds[1];
        }
        accept('?'); // which of several matches is found makes no difference to a full match
        int next = peek();
        if (next == '*' || next == '+' || next == '?') {
            throw error("repetition of the repetition at " + start);
        }
        Regex result = new Regex.Repeat(part, least, most);
        if (next == '{' && bounds() != null) {
            throw error("repetition of the repetition at " + start);
        }
        return result;
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; {@code null} (and nothing read) when it is something else, a literal brace. */
    private int @Nullable [] bounds() {
        int start = at;
        if (!accept('{')) {
            return null;
        }
        int least = number();
        int most = least;
        if (least >= 0 && accept(',')) {
            most = peek() == '}' ? Regex.UNBOUNDED : number();
            if (most < 0 && peek() != '}') {
                least = -1;
            }
        }
        if (least < 0 || !accept('}')) {
            at = start;
            return null;
        }
        if (least > MAX_REPEAT || most > MAX_REPEAT || most != Regex.UNBOUNDED && most < least) {
            throw error("repetition {" + least + "," + most + "} is out of range");
        }
        return new int[] {least, most};
    }

    private int number() {
        int value = -1;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.min(10 * Math.max(value, 0) + text[at++] - '0', 10_000_000);
        }
        return value;
    }

    private @Nullable Regex atom() {
        int c = text[at++];
        return switch (c) {
            case '(' -> group();
            case '[' -> new Regex.Chars(bracket());
            case '.' -> {
                boolean all = dotAll;
                yield new Regex.Chars(x -> all || x != '\n');
            }
            case '^' -> new Regex.Place(multiLine ? Regex.Anchor.LINE_START : Regex.Anchor.TEXT_START);
            case '$' -> new Regex.Place(multiLine ? Regex.Anchor.LINE_END : Regex.Anchor.TEXT_END);
            case '*', '+', '?' -> throw error("nothing to repeat");
            case '\\' -> escape();
            default -> literal(c);
        };
    }

    private Regex literal(int c) {
        IntPredicate set = x -> x == c;
        return new Regex.Chars(foldCase ? CharSets.folded(x -> x == c || x == Character.toLowerCase(c)) : set);
    }

    private @Nullable Regex group() {
        if (++depth > MAX_DEPTH) {
            throw error("groups are nested more than " + MAX_DEPTH + " deep");
        }
        boolean fold = foldCase;
        boolean multi = multiLine;
        boolean dots = dotAll;
        if (accept("?P<") || accept("?<")) {
            if (peek() == '=' || peek() == '!') {
                throw error("looking behind is not RE2");
            }
            while (CharSets.isWord(peek())) {
                at++;
            }
            if (!accept('>')) {
                throw error("bad group name");
            }
        } else if (accept('?') && flags()) {
            depth--;
            return null; // flags for the rest of the enclosing group
        }
        Regex result = choice();
        if (!accept(')')) {
            throw error("missing )");
        }
        foldCase = fold;
        multiLine = multi;
        dotAll = dots;
        depth--;
        return result;
    }

    /** Reads flags behind {@code (?}; whether they end with the group, rather than open one. */
    private boolean flags() {
        boolean on = true;
        while (true) {
            int flag = at < text.length ? text[at++] : -1;
            switch (flag) {
                case 'i' -> foldCase = on;
                case 'm' -> multiLine = on;
                case 's' -> dotAll = on;
                case 'U' -> {} // swaps greedy and lazy, which makes no difference to a full match
                case '-' -> on = false;
                case ':' -> {
                    return false;
                }
                case ')' -> {
                    return true;
                }
                default -> throw error("unknown flag");
            }
        }
    }

    private Regex escape() {
        int c = peek();
        switch (c) {
            case 'A' -> {
                at++;
                return new Regex.Place(Regex.Anchor.TEXT_START);
            }
            case 'z' -> {
                at++;
                return new Regex.Place(Regex.Anchor.TEXT_END);
            }
            case 'b' -> {
                at++;
                return new Regex.Place(Regex.Anchor.WORD_BOUNDARY);
            }
            case 'B' -> {
                at++;
                return new Regex.Place(Regex.Anchor.NO_WORD_BOUNDARY);
            }
            default -> {
                IntPredicate set = escapedSet();
                if (set != null) {
                    return new Regex.Chars(foldCase ? CharSets.folded(set) : set);
                }
                return literal(escapedChar());
            }
        }
    }

    /** {@code d}, {@code p{...}} and the like behind a backslash; {@code null} (and nothing read) when it is no set. */
    private @Nullable IntPredicate escapedSet() {
        int c = peek();
        IntPredicate perl = CharSets.perl(c);
        if (perl != null) {
            at++;
            return perl;
        }
        if (c != 'p' && c != 'P') {
            return null;
        }
        at++;
        boolean negated = c == 'P';
        String name = Character.toString(at < text.length ? text[at++] : ' ');
        if (name.equals("{")) {
            negated ^= accept('^');
            StringBuilder longName = new StringBuilder();
            while (at < text.length && peek() != '}') {
                longName.appendCodePoint(text[at++]);
            }
            accept('}');
            name = longName.toString();
        }
        IntPredicate set = CharSets.unicode(name);
        if (set == null) {
            throw error("unknown class of characters '" + name + "'");
        }
        return negated ? set.negate() : set;
    }

    private int escapedChar() {
        int c = at < text.length ? text[at++] : -1;
        return switch (c) {
            case 'a' -> 0x07;
            case 'f' -> '\f';
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'v' -> 0x0b;
            case 'x' -> hexadecimal();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(c);
            default -> {
                if (c < 0 || c < 0x80 && CharSets.isWord(c) && c != '_') {
                    throw error("unknown escape");
                }
                yield c;
            }
        };
    }

    private int octal(int first) {
        if (first != '0' && (peek() < '0' || peek() > '7')) {
            throw error("back references are not RE2");
        }
        int value = first - '0';
        for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; i++) {
            value = 8 * value + text[at++] - '0';
        }
        return value;
    }

    private int hexadecimal() {
        boolean braced = accept('{');
        int value = 0;
        int digits = 0;
        while ((braced || digits < 2) && at < text.length && Character.digit(peek(), 16) >= 0 && value <= 0x10ffff) {
            value = 16 * value + Character.digit(text[at++], 16);
            digits++;
        }
        if (digits == 0 || !braced && digits != 2 || braced && !accept('}') || value > 0x10ffff) {
            throw error("bad hexadecimal escape");
        }
        return value;
    }

    private IntPredicate bracket() {
        boolean negated = accept('^');
        IntPredicate set = c -> false;
        boolean first = true;
        while (first || peek() != ']') {
            if (at >= text.length) {
                throw error("missing ]");
            }
            first = false;
            set = set.or(bracketItem());
        }
        at++;
        set = foldCase ? CharSets.folded(set) : set;
        return negated ? set.negate() : set;
    }

    private IntPredicate bracketItem() {
        if (accept("[:")) {
            boolean negated = accept('^');
            StringBuilder name = new StringBuilder();
            while (at < text.length && Character.isLetter(peek())) {
                name.appendCodePoint(text[at++]);
            }
            IntPredicate named = CharSets.posix(name.toString());
            if (named == null || !accept(":]")) {
                throw error("unknown class of characters '" + name + "'");
            }
            return negated ? named.negate() : named;
        }
        int low;
        if (accept('\\')) {
            IntPredicate set = escapedSet();
            if (set != null) {
                return set;
            }
            low = escapedChar();
        } else {
            low = text[at++];
        }
        int high = low;
        if (peek() == '-' && at + 1 < text.length && text[at + 1] != ']') {
            at++;
            high = accept('\\') ? escapedChar() : text[at++];
            if (high < low) {
                throw error("bad range of characters");
            }
        }
        int last = high;
        return c -> c >= low && c <= last;
    }
}
