package org.lanewise.loaders.onnx;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.ModelFormat;

/**
 * ONNX models ({@code .onnx}), up to IR version 14. Weights stay in the mapped file, or in the external data files next to it, until they are asked for;
 * the files must not change as long as the model is in use. Functions of the model are inlined.
 */
public final class OnnxModelFormat implements ModelFormat {
    /**
     * The files beside a model that weights of its lie in, symbolic links resolved.
     *
     * @throws org.lanewise.runtime.InferenceException if {@link #read(Path)} would throw it
     */
    public static Set<Path> externalFiles(Path model) {
        ProtoSource source = ProtoSource.of(model);
        ModelProto.read(source);
        return source.externalFiles();
    }

    @Override
    public String name() {
        return "ONNX";
    }

    @Override
    public boolean accepts(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    @Override
    public Model read(Path file) {
        return ModelProto.read(ProtoSource.of(file));
    }

    @Override
    public Model read(Path file, Arena arena) {
        return ModelProto.read(ProtoSource.of(file, arena));
    }

    @Override
    public Model read(byte[] bytes) {
        return ModelProto.read(ProtoSource.of("model in memory", bytes));
    }
}
