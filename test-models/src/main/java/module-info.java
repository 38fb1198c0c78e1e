/** Small trained models and the zoo locator. */
module org.lanewise.testmodels {
    requires org.lanewise.loaders;
    requires static org.jspecify;

    exports org.lanewise.testmodels;
}
