package dev.firn.testkit;

import java.io.PrintWriter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// The JVM that [ChangedFirn] starts: runs one test, up to the first
/// failure, and says by its exit code how that ended.
final class RunTest {
    static final int PASSED = 10;
    static final int FAILED = 11;
    private static final int NOTHING_RAN = 12;

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
                if (test.isTest() && result.getStatus() == TestExecutionResult.Status.FAILED) {
                    out.println(test.getLegacyReportingName() + " of " + args[0]);
                    result.getThrowable().ifPresent(failure -> failure.printStackTrace(out));
                    System.exit(FAILED);
                }
            }
        };
        LauncherFactory.create().execute(request.build(), listener, first);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(out, 30);
        if (summary.getTotalFailureCount() > 0) {
            System.exit(FAILED);
        }
        System.exit(summary.getTestsSucceededCount() > 0 ? PASSED : NOTHING_RAN);
    }
}
