package dev.firn.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The files of the class library inside the running JDK, in a shuffled order that is always the
/// same: data that every machine has, with keys that share prefixes and values of all sizes.
///
/// The key of a file is its path inside its module, `java/util/List.class`. Packages belong to one
/// module each, so that is unique; files in no package (`module-info.class`, `META-INF/…`) keep the
/// module's name.
final class ClassLibrary {
    private static final long SEED = 1836;

    /// A file: its key, and where its bytes are.
    record Item(String key, Path file) {
        byte[] bytes() throws IOException {
            return Files.readAllBytes(file);
        }
    }

    private ClassLibrary() {}

    /// The files whose keys are wanted.
    static List<Item> items(Predicate<String> wanted) throws IOException {
        Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
        var items = new ArrayList<Item>();
        try (Stream<Path> files = Files.walk(modules)) {
            files
                    .filter(Files::isRegularFile)
                    .map(file -> new Item(key(modules.relativize(file)), file))
                    .filter(item -> wanted.test(item.key()))
                    .forEach(items::add);
        }
        Collections.shuffle(items, new Random(SEED));
        return items;
    }

    private static String key(Path inModules) {
        Path inModule = inModules.subpath(1, inModules.getNameCount());
        boolean inPackage = inModule.getNameCount() > 1 && !inModule.startsWith("META-INF");
        return (inPackage ? inModule : inModules).toString();
    }
}
