/// Firn, an embeddable, ordered key-value store. Only `dev.firn` is for users; the other packages
/// are the engine.
module dev.firn {
    requires static org.jspecify;
    requires jdk.jfr;

    exports dev.firn;
}
