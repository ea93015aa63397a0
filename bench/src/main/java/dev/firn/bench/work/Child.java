package dev.firn.bench.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/// A process that makes one measurement: it gets the task as JSON, and prints the outcome as JSON
/// in a line of its own.
public final class Child {
    /// What the line with the outcome begins with.
    public static final String OUTCOME = "outcome ";

    private Child() {}

    /// The task.
    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        Task task = json.readValue(arguments[0], Task.class);
        Trial trial = new Trial(task);
        switch (task.phase()) {
            case FILL -> {
                trial.fill();
                System.out.println(OUTCOME + "null");
            }
            case CRASH -> {
                trial.crash();
                System.out.println(OUTCOME + "null");
                // As SIGKILL would, for the files: what is in the heap is lost.
                Runtime.getRuntime().halt(0);
            }
            case MEASURE ->
                    System.out.println(OUTCOME + json.writeValueAsString(trial.run()));
        }
        // Libraries may have left threads behind.
        System.exit(0);
    }
}
