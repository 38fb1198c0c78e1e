package org.lanewise.kernels.jit;

import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.Stream.Builder;
import org.lanewise.kernels.Processor;

/**
 * Has all methods of some classes compiled in a JVM of their own, without running them. HotSpot does that for its own tests: it gives native methods to a class of a certain name, of which only one is needed.
 */
final class ForcedCompilation {
    private static final String WHITE_BOX = "jdk.test.whitebox.WhiteBox";
    private static final String ENQUEUE = "enqueueMethodForCompilation0";
    private static final int WHOLE_METHOD = -1;

    private ForcedCompilation() {}

    /**
     * What came of it.
     *
     * @param failed methods that were not compiled
     * @param compiled how many were
     * @param output all that the JVM said
     */
    record Result(List<String> failed, int compiled, String output) {
        /** The reasons for what failed. */
        List<String> skipped() {
            return output.lines()
                    .filter(line -> line.contains("COMPILE SKIPPED"))
                    .toList();
        }
    }

    /**
     * Compiles each method of the classes in a folder.
     *
     * @param tier of HotSpot's compilers: 3 is C1 with profiles, 4 is C2
     * @param folder for a class that is made up
     * @param tests where this class is
     */
    static Result of(int tier, Path classes, Path folder, Path tests) throws IOException, InterruptedException {
        Path boot = folder.resolve("boot");
        writeWhiteBox(boot);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+UnlockDiagnosticVMOptions"));
        command.addAll(List.of("-XX:+WhiteBoxAPI", "-Xbootclasspath/a:" + boot, "-XX:+PrintCompilation"));
        command.addAll(List.of("-XX:-BackgroundCompilation", "-XX:-DontCompileHugeMethods", "-XX:+UseSerialGC"));
        String ports = System.getProperty(Processor.SHARED_PORTS_PROPERTY);
        if (ports != null) {
            command.add("-D" + Processor.SHARED_PORTS_PROPERTY + "=" + ports);
        }
        command.addAll(List.of("-cp", classes + File.pathSeparator + tests));
        Path results = Files.createTempFile(folder, "results", ".txt");
        command.addAll(List.of(ForcedCompilation.class.getName(), Integer.toString(tier), classes.toString()));
        command.add(results.toString());
        Path output = Files.createTempFile(folder, "output", ".txt");
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        String said = Files.readString(output);
        if (code != 0) {
            throw new AssertionError("exit code " + code + ": " + said);
        }
        List<String> lines = Files.readAllLines(results);
        return new Result(lines.subList(1, lines.size()), Integer.parseInt(lines.getFirst()), said);
    }

    private static void writeWhiteBox(Path boot) throws IOException {
        ClassDesc type = ClassDesc.of(WHITE_BOX);
        int hidden = AccessFlag.PRIVATE.mask() | AccessFlag.STATIC.mask() | AccessFlag.NATIVE.mask();
        int open = AccessFlag.PUBLIC.mask() | AccessFlag.NATIVE.mask();
        MethodTypeDesc enqueue = MethodTypeDesc.of(
                ConstantDescs.CD_boolean,
                ClassDesc.of(Executable.class.getName()),
                ConstantDescs.CD_int,
                ConstantDescs.CD_int);
        byte[] bytes = ClassFile.of()
                .build(
                        type,
                        c -> c.withFlags(AccessFlag.PUBLIC)
                                .withMethod("registerNatives", ConstantDescs.MTD_void, hidden, method -> {})
                                .withMethod(ENQUEUE, enqueue, open, method -> {})
                                .withMethodBody(
                                        ConstantDescs.CLASS_INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        AccessFlag.STATIC.mask(),
                                        code -> code.invokestatic(type, "registerNatives", ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        AccessFlag.PUBLIC.mask(),
                                        code -> code.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_()));
        Path file = boot.resolve(WHITE_BOX.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** Compiles, in the JVM that {@link #of} started; the tier, the folder of classes and the file for results are the arguments: how many methods were compiled, then those that were not. */
    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        int tier = Integer.parseInt(args[0]);
        Path root = Path.of(args[1]);
        Class<?> whiteBox = Class.forName(WHITE_BOX);
        Object compiler = whiteBox.getConstructor().newInstance();
        Method enqueue = whiteBox.getMethod(ENQUEUE, Executable.class, int.class, int.class);
        int compiled = 0;
        List<String> failed = new ArrayList<>();
        for (Executable method : methods(load(root))) {
            if ((boolean) enqueue.invoke(compiler, method, tier, WHOLE_METHOD)) {
                compiled++;
            } else {
                failed.add(method.toString());
            }
        }
        failed.addFirst(Integer.toString(compiled));
        Files.write(Path.of(args[2]), failed);
    }

    /** Classes and all that they refer to, initialized: what is not linked is not inlined. */
    private static List<Class<?>> load(Path root) throws IOException, ClassNotFoundException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(".class"))
                    .sorted()
                    .toList();
        }
        List<Class<?>> classes = new ArrayList<>();
        for (Path file : files) {
            String name = root.relativize(file)
                    .toString()
                    .replace(root.getFileSystem().getSeparator(), ".");
            classes.add(Class.forName(name.substring(0, name.length() - ".class".length())));
            for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
                if (entry instanceof ClassEntry type && !type.asInternalName().startsWith("[")) {
                    Class.forName(type.asInternalName().replace('/', '.'));
                }
            }
        }
        return classes;
    }

    private static List<Executable> methods(List<Class<?>> classes) {
        Builder<Executable> all = Stream.builder();
        for (Class<?> type : classes) {
            Stream.of(type.getDeclaredConstructors()).forEach(all);
            Stream.of(type.getDeclaredMethods())
                    .filter(method -> !Modifier.isAbstract(method.getModifiers()))
                    .forEach(all);
        }
        return all.build().toList();
    }
}
