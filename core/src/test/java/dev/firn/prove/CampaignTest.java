package dev.firn.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// The command line of a campaign.
class CampaignTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Campaign.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            --minutes abc  | 'abc' is no number of minutes; expected one such as 30 or 0.5
            --minutes NaN  | 'NaN' is no number of minutes
            --minutes -1   | '-1' is no number of minutes
            --minutes 1e99 | '1e99' is no number of minutes
            --workers 0    | --workers must be 1 or more
            --only nothing | no attack is called 'nothing'
            """)
    void wrongUsageIsToldWithTheUsageAndExits2(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message, "Usage: firn-prove", "--minutes=N");
    }

    @Test
    void everyAttackIsListedWithWhatItDoes() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString().lines()).hasSameSizeAs(Share.all())
                .allMatch(line -> line.matches("[a-z ]{29}  ?[a-z].{20,}") && line.length() <= 120);
    }
}
