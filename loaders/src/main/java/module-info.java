import org.lanewise.loaders.onnx.OnnxModelFormat;
import org.lanewise.runtime.session.ModelFormat;

/** Reads and writes model files. */
module org.lanewise.loaders {
    requires transitive org.lanewise.runtime;
    requires static org.jspecify;

    exports org.lanewise.loaders.numpy;
    exports org.lanewise.loaders.onnx;

    provides ModelFormat with
            OnnxModelFormat;
}
