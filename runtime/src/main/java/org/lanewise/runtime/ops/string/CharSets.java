package org.lanewise.runtime.ops.string;

import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Sets of code points that RE2 has names for. */
final class CharSets {
    private CharSets() {}

    /** ASCII letters, digits and the underscore. */
    static boolean isWord(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_';
    }

    /** The set of a Perl class such as {@code \d}, or {@code null}. */
    static @Nullable IntPredicate perl(int letter) {
        IntPredicate set =
                switch (Character.toLowerCase(letter)) {
                    case 'd' -> c -> c >= '0' && c <= '9';
                    case 's' -> c -> c == ' ' || c >= '\t' && c <= '\r' && c != 0x0b;
                    case 'w' -> CharSets::isWord;
                    default -> null;
                };
        return set != null && Character.isUpperCase(letter) ? set.negate() : set;
    }

    /** The set of a POSIX class such as {@code alpha}, or {@code null}. */
    static @Nullable IntPredicate posix(String name) {
        return switch (name) {
            case "alnum" -> c -> isWord(c) && c != '_';
            case "alpha" -> c -> c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            case "ascii" -> c -> c < 0x80;
            case "blank" -> c -> c == '\t' || c == ' ';
            case "cntrl" -> c -> c < ' ' || c == 0x7f;
            case "digit" -> c -> c >= '0' && c <= '9';
            case "graph" -> c -> c > ' ' && c < 0x7f;
            case "lower" -> c -> c >= 'a' && c <= 'z';
            case "print" -> c -> c >= ' ' && c < 0x7f;
            case "punct" -> c -> c > ' ' && c < 0x7f && (!isWord(c) || c == '_');
            case "space" -> c -> c == ' ' || c >= '\t' && c <= '\r';
            case "upper" -> c -> c >= 'A' && c <= 'Z';
            case "word" -> CharSets::isWord;
            case "xdigit" -> c -> Character.digit(c, 16) >= 0 && c < 0x80;
            default -> null;
        };
    }

    /** The set of a Unicode category ({@code Lu}, {@code L}), script ({@code Greek}) or {@code Any}, or {@code null}. */
    static @Nullable IntPredicate unicode(String name) {
        if (name.equals("Any")) {
            return c -> true;
        }
        int mask = categories(name);
        if (mask != 0) {
            return c -> (mask >> Character.getType(c) & 1) != 0;
        }
        for (Character.UnicodeScript script : Character.UnicodeScript.values()) {
            if (script.name().equals(name.toUpperCase(Locale.ROOT)) && name.length() > 2) {
                return c -> Character.UnicodeScript.of(c) == script;
            }
        }
        return null;
    }

    /** Bits of {@link Character#getType(int)}; 0 for an unknown name. */
    private static int categories(String name) {
        return switch (name) {
            case "L" -> categories("Lu") | categories("Ll") | categories("Lt") | categories("Lm") | categories("Lo");
            case "Lu" -> 1 << Character.UPPERCASE_LETTER;
            case "Ll" -> 1 << Character.LOWERCASE_LETTER;
            case "Lt" -> 1 << Character.TITLECASE_LETTER;
            case "Lm" -> 1 << Character.MODIFIER_LETTER;
            case "Lo" -> 1 << Character.OTHER_LETTER;
            case "M" -> categories("Mn") | categories("Mc") | categories("Me");
            case "Mn" -> 1 << Character.NON_SPACING_MARK;
            case "Mc" -> 1 << Character.COMBINING_SPACING_MARK;
            case "Me" -> 1 << Character.ENCLOSING_MARK;
            case "N" -> categories("Nd") | categories("Nl") | categories("No");
            case "Nd" -> 1 << Character.DECIMAL_DIGIT_NUMBER;
            case "Nl" -> 1 << Character.LETTER_NUMBER;
            case "No" -> 1 << Character.OTHER_NUMBER;
            case "P" -> categories("Pc") | categories("Pd") | categories("Ps") | categories("Pe") | categories("Pi") | categories("Pf")
                    | categories("Po");
            case "Pc" -> 1 << Character.CONNECTOR_PUNCTUATION;
            case "Pd" -> 1 << Character.DASH_PUNCTUATION;
            case "Ps" -> 1 << Character.START_PUNCTUATION;
            case "Pe" -> 1 << Character.END_PUNCTUATION;
            case "Pi" -> 1 << Character.INITIAL_QUOTE_PUNCTUATION;
            case "Pf" -> 1 << Character.FINAL_QUOTE_PUNCTUATION;
            case "Po" -> 1 << Character.OTHER_PUNCTUATION;
            case "S" -> categories("Sm") | categories("Sc") | categories("Sk") | categories("So");
            case "Sm" -> 1 << Character.MATH_SYMBOL;
            case "Sc" -> 1 << Character.CURRENCY_SYMBOL;
            case "Sk" -> 1 << Character.MODIFIER_SYMBOL;
            case "So" -> 1 << Character.OTHER_SYMBOL;
            case "Z" -> categories("Zs") | categories("Zl") | categories("Zp");
            case "Zs" -> 1 << Character.SPACE_SEPARATOR;
            case "Zl" -> 1 << Character.LINE_SEPARATOR;
            case "Zp" -> 1 << Character.PARAGRAPH_SEPARATOR;
            case "C" -> categories("Cc") | categories("Cf") | categories("Cs") | categories("Co");
            case "Cc" -> 1 << Character.CONTROL;
            case "Cf" -> 1 << Character.FORMAT;
            case "Cs" -> 1 << Character.SURROGATE;
            case "Co" -> 1 << Character.PRIVATE_USE;
            default -> 0;
        };
    }

    /** The set without regard to case. */
    static IntPredicate folded(IntPredicate set) {
        return c -> set.test(c) || set.test(Character.toLowerCase(c)) || set.test(Character.toUpperCase(c));
    }
}
