package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.FirnException;
import dev.firn.RepairOptions;
import dev.firn.storage.Fault;
import dev.firn.storage.FaultRule;
import dev.firn.storage.FaultyStorage;
import dev.firn.storage.OperationKind;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A repair that is cut off or fails at every one of its operations, and is done again.
class RepairCrashTest {
    private final RepairModel model = new RepairModel(7);
    private SimulatedStorage damaged;
    private Map<String, Integer> contents;
    private Map<String, TreeMap<String, String>> expected;

    @BeforeEach
    void make() throws Exception {
        damaged = RepairAttack.durable(RepairAttack.store(model, new Random(7)));
        for (String name : names(".sst")) {
            flip(name, 40);
        }
        flip(names(".log").getFirst(), 3000);
        flip("CURRENT", 3);
        damaged = RepairAttack.durable(damaged);
        contents = RepairAttack.contents(damaged);
        SimulatedStorage done = damaged.processCrash();
        RepairAttack.repair(done, RepairOptions.defaults());
        expected = RepairAttack.with(done, 1, RepairModel::read);
    }

    private List<String> names(String part) throws Exception {
        return damaged.list().stream().map(Storage.FileInfo::name)
                .filter(name -> name.contains(part)).sorted().toList();
    }

    private void flip(String name, int at) throws Exception {
        byte[] bytes = RepairAttack.read(damaged, name);
        bytes[Math.min(at, bytes.length - 1)] ^= 1;
        RepairAttack.write(damaged, name, bytes);
    }

    private void requireRepaired(SimulatedStorage storage) throws Exception {
        RepairAttack.repair(storage, RepairOptions.defaults());
        RepairAttack.requireFiles(contents, storage);
        RepairAttack.requireClean(storage);
        storage.openFiles().assertNone();
        assertThat(RepairAttack.with(storage, 1, RepairModel::read)).isEqualTo(expected);
    }

    @Test
    void aCrashAtAnyOperationIsMadeGoodByAnotherRepair() throws Exception {
        SimulatedStorage storage = damaged.processCrash();
        List<SimulatedStorage> states = new ArrayList<>();
        storage.beforeEach((now, operation) -> now.crashStates(2, states.size())
                .forEach(states::add));
        RepairAttack.repair(storage, RepairOptions.defaults());
        assertThat(states).hasSizeGreaterThan(20);
        for (SimulatedStorage state : states) {
            state.beforeEach((_, _) -> {});
            requireRepaired(state);
        }
    }

    @Test
    void aFailureOfAnyOperationIsAnErrorAndMadeGoodByAnotherRepair() throws Exception {
        for (OperationKind kind : List.of(OperationKind.CREATE, OperationKind.WRITE,
                OperationKind.FORCE, OperationKind.RENAME, OperationKind.SYNC_DIRECTORY,
                OperationKind.DELETE)) {
            for (int nth = 1;; nth++) {
                SimulatedStorage inner = damaged.processCrash();
                var faulty = new FaultyStorage(inner,
                        FaultRule.once(kind, nth, new Fault.InputOutputError()));
                try {
                    RepairAttack.repair(faulty, RepairOptions.defaults());
                } catch (FirnException e) {
                    assertThat(e.kind()).isIn(FirnException.Kind.IO, FirnException.Kind.FAILED);
                }
                if (faulty.fired() == 0) {
                    break;
                }
                requireRepaired(inner);
            }
        }
    }
}
