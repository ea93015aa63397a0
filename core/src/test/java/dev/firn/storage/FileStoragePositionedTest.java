package dev.firn.storage;

/// [FileStorage] by system calls alone.
class FileStoragePositionedTest extends StorageContract {
    @Override
    Storage open() {
        return new FileStorage(temporary.resolve("deep/store"), FileAccess.POSITIONED,
                FileAccess.POSITIONED);
    }
}
