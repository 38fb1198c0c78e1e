package org.lanewise.runtime.ops.string;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {
    private static boolean matches(String pattern, String text) {
        return RegexProgram.compile(pattern).matches(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "www.[\\w.-]+\\.\\bcom\\b ; www.google.com ; true",
                "www.[\\w.-]+\\.\\bcom\\b ; www.facebook ; false",
                "(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$) ; account@gmail.com ; true",
                "a|bc| ; bc ; true",
                "a{2,3} ; aaaa ; false",
                "a{2} ; aa ; true",
                "a{x} ; a{x} ; true",
                "(?i)ab[c-e]É ; AbDé ; true",
                "(?i:a)b ; Ab ; true",
                "(?i:a)b ; AB ; false",
                "(?P<name>x)+? ; xxx ; true",
                "[^a-c\\]]+ ; xyz ; true",
                "[]a]+ ; ]a ; true",
                "[[:alpha:][:digit:]_]* ; a1_ ; true",
                "[[:^alpha:]] ; 1 ; true",
                "\\pN\\p{Greek}\\P{Lu} ; 5λx ; true",
                "\\x41\\x{1F600}\\101 ; A😀A ; true",
                "\\Qa.b*\\E ; a.b* ; true",
                "^a$ ; a ; true",
                "a\\Bb ; ab ; true",
                ". ; 😀 ; true",
                "\\d+\\D\\s\\S ; 12x ! ; true",
            })
    void followsRe2(String pattern, String text, boolean expected) {
        assertEquals(expected, matches(pattern, text == null ? "" : text));
    }

    @Test
    void knowsLines() {
        assertTrue(matches("a\nb", "a\nb"));
        assertFalse(matches("a.b", "a\nb"));
        assertTrue(matches("(?s)a.b", "a\nb"));
        assertFalse(matches("a$\n^b", "a\nb"));
        assertTrue(matches("(?m)a$\n^b", "a\nb"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a)\\1",
                "(?=a)",
                "(?<!a)b",
                "a**",
                "*a",
                "(a",
                "a)",
                "[a",
                "[b-a]",
                "\\q",
                "\\p{Nothing}",
                "a{1001}",
                "\\C",
                "(?z)"
            })
    void refusesWhatRe2Refuses(String pattern) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> RegexProgram.compile(pattern), pattern);
        assertTrue(e.getMessage().startsWith("pattern '" + pattern + "', character "), e::getMessage);
    }

    @Test
    void takesLinearTimeAndBoundedMemory() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertFalse(matches("(a*)*(a|aa)+(a+)+b", "a".repeat(20_000))));
        assertThrows(IllegalArgumentException.class, () -> RegexProgram.compile("((a{1000}){1000}){1000}"));
        assertThrows(IllegalArgumentException.class, () -> RegexProgram.compile("(".repeat(100_000)));
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab|*+?()[]^-{}1,.").ofMaxLength(12);
    }

    /** Where both understand a pattern of the common subset, the backtracking matcher of the JDK agrees. */
    @Property(tries = 2000)
    void agreesWithTheJdk(@ForAll("patterns") String pattern) {
        RegexProgram program;
        try {
            program = RegexProgram.compile(pattern);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (pattern.contains("{") || pattern.contains("[") || pattern.matches(".*[*+?][*+?].*")) {
            return; // read differently
        }
        for (String text : new String[] {"", "a", "b", "ab", "ba", "aab", "abab", "(", "1,a"}) {
            assertEquals(text.matches(pattern), program.matches(text), () -> pattern + " on " + text);
        }
    }
}
