/** Small trained models and the zoo locator. */
module org.lanewise.testmodels {
    requires transitive org.lanewise.runtime;
    requires org.lanewise.loaders;
    requires static org.jspecify;

    exports org.lanewise.testmodels;
    exports org.lanewise.testmodels.check;
}
