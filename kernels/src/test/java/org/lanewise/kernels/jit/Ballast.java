package org.lanewise.kernels.jit;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes methods larger: before anything else each asks for the time, so many times; C1 takes one virtual register for each. */
final class Ballast implements CodeTransform {
    private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
    private static final MethodTypeDesc TIME = MethodTypeDesc.of(ConstantDescs.CD_long);

    private final int calls;

    private Ballast(int calls) {
        this.calls = calls;
    }

    /** Writes larger copies of classes into another folder; returns how many methods they have. */
    static int add(Path root, List<Path> classes, Path to, int calls) throws IOException {
        ClassHierarchyResolver types = ClassHierarchyResolver.ofResourceParsing(Ballast.class.getClassLoader());
        ClassFile format = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(types));
        ClassTransform larger =
                ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(() -> new Ballast(calls)));
        int methods = 0;
        for (Path file : classes) {
            ClassModel model = format.parse(file);
            methods += (int) model.methods().stream()
                    .filter(method -> method.code().isPresent()
                            && !method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME))
                    .count();
            Path copy = to.resolve(root.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.write(copy, calls == 0 ? Files.readAllBytes(file) : format.transformClass(model, larger));
        }
        return methods;
    }

    @Override
    public void atStart(CodeBuilder code) {
        for (int i = 0; i < calls; i++) {
            code.invokestatic(SYSTEM, "nanoTime", TIME).pop2();
        }
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        code.with(element);
    }
}
