package dev.firn.bench.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/// A process that makes one measurement: it gets the task as JSON, and prints the outcome as JSON in
/// a line of its own.
public final class Child {
    /// What the line with the outcome begins with.
    public static final String OUTCOME = "outcome ";

    private Child() {}

    /// The task.
    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Task task = json.readValue(arguments[0], Task.class);
        Trial trial = new Trial(task);
        if (task.workload() == null) {
            trial.fill();
            System.out.println(OUTCOME + "null");
        } else {
            System.out.println(OUTCOME + json.writeValueAsString(trial.run()));
        }
        // Libraries may have left threads behind.
        System.exit(0);
    }
}
