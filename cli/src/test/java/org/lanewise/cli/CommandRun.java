package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** What a command did: its exit code and what it wrote. */
record CommandRun(int code, String out, String err) {
    /** Runs the command in this JVM. */
    static CommandRun of(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Lanewise.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = commandLine.execute(Arrays.stream(args).map(String::valueOf).toArray(String[]::new));
        return new CommandRun(code, out.toString(), err.toString());
    }

    /** Fails unless the command was refused with this one sentence. */
    void assertRefused(String sentence) {
        assertEquals("lanewise: " + sentence + System.lineSeparator(), err);
        assertEquals("", out);
        assertEquals(2, code);
    }

    /** Fails unless it ended well, without a word on standard error. */
    CommandRun assertDone() {
        assertEquals("", err);
        assertEquals(0, code, out);
        assertFalse(out.isEmpty());
        return this;
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
