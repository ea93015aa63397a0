package dev.firn.engine.life;

import java.util.ArrayList;
import java.util.List;

/// What a life consists of, as data: it can be cut down, written to a file and read again.
///
/// @param crashSeed decides which states crashes leave that a test tries beside the script
public record Script(Setup setup, long crashSeed, List<Step> steps) {
    /// Copies the list.
    public Script {
        steps = List.copyOf(steps);
    }

    /// The same with other steps.
    Script with(List<Step> others) {
        return new Script(setup, crashSeed, others);
    }

    /// One line for the setup, one for the crashes, one for each step.
    String text() {
        StringBuilder text = new StringBuilder().append(setup).append("\ncrashes ")
                .append(crashSeed).append('\n');
        steps.forEach(step -> text.append(step).append('\n'));
        return text.toString();
    }

    /// Reads what [#text] writes; empty lines and those that begin with `#` say nothing.
    static Script parse(String text) {
        Setup setup = null;
        long crashSeed = 0;
        List<Step> steps = new ArrayList<>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (setup == null) {
                setup = Setup.parse(line);
            } else if (line.startsWith("crashes ")) {
                crashSeed = Long.parseLong(line.substring("crashes ".length()));
            } else {
                steps.add(Step.parse(line));
            }
        }
        if (setup == null) {
            throw new IllegalArgumentException("a script without a setup");
        }
        return new Script(setup, crashSeed, steps);
    }
}
