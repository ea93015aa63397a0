package dev.firn.storage;

/// [FaultyStorage] without rules.
class FaultyStorageContractTest extends StorageContract {
    @Override
    Storage open() {
        return new FaultyStorage(new SimulatedStorage());
    }
}
