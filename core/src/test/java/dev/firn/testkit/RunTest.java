package dev.firn.testkit;

import java.io.PrintWriter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// The JVM that [ChangedFirn] starts: runs one test, up to the first failure, and says by its exit
/// code how that ended. A test fails when it says so. When it cannot run (classes do not fit, the
/// heap is too small, it was given up, there is none), it says nothing of what it tests.
final class RunTest {
    static final int PASSED = 10;
    static final int FAILED = 11;
    private static final int CRASHED = 12;

    private RunTest() {}

    /// @param args the name of a class, whose long tests are left out, or that of a method after
    ///     `#`
    public static void main(String[] args) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        if (args[0].contains("#")) {
            request.selectors(DiscoverySelectors.selectMethod(args[0]));
        } else {
            request.selectors(DiscoverySelectors.selectClass(args[0]))
                    .filters(TagFilter.excludeTags("long"));
        }
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        PrintWriter out = new PrintWriter(System.out, true);
        TestExecutionListener first = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                    Throwable failure = result.getThrowable().orElse(null);
                    boolean told = test.isTest() && saysSomething(failure)
                            && result.getStatus() == TestExecutionResult.Status.FAILED;
                    out.println(test.getLegacyReportingName() + " of " + args[0]);
                    if (failure != null) {
                        failure.printStackTrace(out);
                    }
                    System.exit(told ? FAILED : CRASHED);
                }
            }
        };
        try {
            LauncherFactory.create().execute(request.build(), listener, first);
        } catch (Throwable t) {
            // Other threads may live on, so the end of this one would not be that of the JVM.
            t.printStackTrace(out);
            System.exit(CRASHED);
        }
        TestExecutionSummary summary = listener.getSummary();
        boolean passed = summary.getTestsSucceededCount() > 0
                && summary.getTestsSkippedCount() == 0 && summary.getTotalFailureCount() == 0;
        summary.printFailuresTo(out, 30);
        System.exit(passed ? PASSED : CRASHED);
    }

    /// Whether a failure is a test's judgement.
    private static boolean saysSomething(@Nullable Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
            boolean isInjected = String.valueOf(t.getMessage()).contains("injected");
            if (t instanceof LinkageError || t instanceof VirtualMachineError && !isInjected) {
                return false;
            }
        }
        return failure != null;
    }
}
