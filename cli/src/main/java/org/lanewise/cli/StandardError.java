package org.lanewise.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;

/**
 * Gives the process its standard error back.
 *
 * <p>A JVM with an incubator module warns about it on standard error before any program code runs, and no option stops it. The
 * {@code lanewise} script therefore starts the JVM with standard error closed to it, passes the real one as another descriptor, and
 * names that in the system property {@value #DESCRIPTOR_PROPERTY}.
 */
final class StandardError {
    /** Name of the system property that holds the number of the descriptor. */
    static final String DESCRIPTOR_PROPERTY = "lanewise.stderr";

    private StandardError() {}

    /** Makes {@link System#err} write to the descriptor the script passed; does nothing when there is none. */
    static void restore() {
        Integer number = Integer.getInteger(DESCRIPTOR_PROPERTY);
        if (number == null) {
            return;
        }
        FileDescriptor descriptor = new FileDescriptor();
        try {
            // Opening /dev/fd/N instead would lose the file position that standard output may share
            Field field = FileDescriptor.class.getDeclaredField("fd");
            field.setAccessible(true);
            field.setInt(descriptor, number);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This JVM hides file descriptors: start it without -D" + DESCRIPTOR_PROPERTY, e);
        }
        System.setErr(new PrintStream(new FileOutputStream(descriptor), true, System.err.charset()));
    }
}
