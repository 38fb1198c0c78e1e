/** The {@code lanewise} command. */
module org.lanewise.cli {
    requires org.lanewise.kernels;
    requires org.lanewise.loaders;
    requires org.lanewise.quantization;
    requires org.lanewise.runtime;
    requires org.lanewise.testmodels;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires java.desktop;
    requires jdk.management;
    requires static org.jspecify;

    opens org.lanewise.cli to
            info.picocli;
}
