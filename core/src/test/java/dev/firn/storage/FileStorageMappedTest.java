package dev.firn.storage;

/// [FileStorage] as it is unless told otherwise.
class FileStorageMappedTest extends StorageContract {
    @Override
    Storage open() {
        return new FileStorage(temporary.resolve("store"));
    }
}
