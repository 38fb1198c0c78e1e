package org.lanewise.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A runtime in a JVM of its own, which does nothing until it is told to run: see {@link RemoteMain}. */
final class RemoteRunner implements Runner {
    private final Process process;
    private final Path messages;
    private final DataOutputStream commands;
    private final DataInputStream answers;

    private RemoteRunner(Process process, Path messages) {
        this.process = process;
        this.messages = messages;
        commands = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    }

    /** Starts a JVM like this one, with a runtime in it. */
    static RemoteRunner start(String runtime, String work, int threads) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RemoteMain.class.getName()));
        command.addAll(List.of(runtime, work, Integer.toString(threads)));
        Path messages = Files.createTempFile("lanewise-compare", ".log");
        Process process =
                new ProcessBuilder(command).redirectError(messages.toFile()).start();
        RemoteRunner runner = new RemoteRunner(process, messages);
        try {
            runner.answers.readInt();
        } catch (IOException e) {
            throw runner.failure(e);
        }
        return runner;
    }

    @Override
    public double[] run(double seconds) throws IOException {
        try {
            commands.writeInt(RemoteMain.RUN);
            commands.writeDouble(seconds);
            commands.flush();
            double[] times = new double[answers.readInt()];
            for (int i = 0; i < times.length; i++) {
                times[i] = answers.readDouble();
            }
            return times;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public Map<String, float[]> outputs() throws IOException {
        try {
            commands.writeInt(RemoteMain.OUTPUTS);
            commands.flush();
            Map<String, float[]> outputs = new LinkedHashMap<>();
            int count = answers.readInt();
            for (int i = 0; i < count; i++) {
                String name = answers.readUTF();
                float[] values = new float[answers.readInt()];
                for (int j = 0; j < values.length; j++) {
                    values[j] = answers.readFloat();
                }
                outputs.put(name, values);
            }
            return outputs;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            commands.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            Files.deleteIfExists(messages);
        }
    }

    private IOException failure(IOException cause) throws IOException {
        String said = Files.readString(messages);
        close();
        return new IOException("the other JVM ended: " + said.strip(), cause);
    }
}
