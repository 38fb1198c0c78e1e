package org.lanewise.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;

/** The JVM at the other end of a {@link RemoteRunner}: reads commands, answers with times or outputs, ends with its input. */
final class RemoteMain {
    /** Command, followed by the seconds: run. */
    static final int RUN = 1;

    /** Command: give the outputs. */
    static final int OUTPUTS = 2;

    private RemoteMain() {}

    /** Arguments: runtime, work, threads. */
    public static void main(String[] args) throws Exception {
        PrintStream answersTo = System.out;
        System.setOut(System.err);
        DataInputStream commands = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(answersTo, 1 << 16));
        try (Runner runner = LocalRunner.open(args[0], Workload.of(args[1]), Integer.parseInt(args[2]))) {
            answers.writeInt(0);
            answers.flush();
            while (true) {
                int command;
                try {
                    command = commands.readInt();
                } catch (EOFException e) {
                    return;
                }
                answer(command, commands, answers, runner);
                answers.flush();
            }
        }
    }

    private static void answer(int command, DataInputStream commands, DataOutputStream answers, Runner runner)
            throws Exception {
        switch (command) {
            case RUN -> {
                double[] times = runner.run(commands.readDouble());
                answers.writeInt(times.length);
                for (double time : times) {
                    answers.writeDouble(time);
                }
            }
            case OUTPUTS -> {
                Map<String, float[]> outputs = runner.outputs();
                answers.writeInt(outputs.size());
                for (Map.Entry<String, float[]> output : outputs.entrySet()) {
                    answers.writeUTF(output.getKey());
                    answers.writeInt(output.getValue().length);
                    for (float value : output.getValue()) {
                        answers.writeFloat(value);
                    }
                }
            }
            default -> throw new IOException("unknown command " + command);
        }
    }
}
