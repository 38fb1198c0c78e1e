package org.lanewise.cli.measure;

import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What the JIT compiler still has to do: HotSpot's diagnostic command {@code Compiler.queue}, asked through its MBean. Compile times alone would not tell, they count what is done, and on a busy
 * machine the compiler may wait for a processor for seconds.
 */
public final class CompileQueue {
    /** A method that is being compiled, or waits: numbered, with flags and a level, such as {@code 1523 ! 4 java.util.HashMap::get (19 bytes)}. */
    private static final Pattern TASK = Pattern.compile("\\b\\d+\\s[\\s%!bsn]*[1-4]\\s+\\S+::");

    private CompileQueue() {}

    /** Whether methods are being compiled or wait for it; {@code false} on a JVM that does not say. */
    public static boolean isBusy() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
            return server.isRegistered(commands)
                    && isBusy(String.valueOf(server.invoke(commands, "compilerQueue", null, null)));
        } catch (JMException e) {
            return false; // another JVM, without this command
        }
    }

    /** The same from the command's answer. */
    static boolean isBusy(String queue) {
        return TASK.matcher(queue).find();
    }
}
