package org.lanewise.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers what went wrong: a {@link PrintStream} would lose a full disk's message, and a command would end as if all were written. */
final class StandardOutput extends FilterOutputStream {
    private @Nullable IOException failure;

    private StandardOutput(OutputStream out) {
        super(out);
    }

    /** Makes {@link System#out} write through one. */
    static StandardOutput install() {
        StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(new BufferedOutputStream(output), true, System.out.charset()));
        return output;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /** Why something could not be written, or {@code null}. A reader that has seen enough, such as {@code head}, is no failure. */
    @Nullable
    String failure() {
        System.out.flush();
        String reason = failure == null ? null : String.valueOf(failure.getMessage());
        return reason == null || reason.startsWith("Broken pipe") ? null : reason;
    }
}
