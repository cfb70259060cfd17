package overlaynet.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {
    private static final Rule.End WEB = new Rule.End("web", Map.of("tier", "front"));
    private static final Rule.End DB = new Rule.End("db", Map.of("tier", "back"));

    @ParameterizedTest
    @ValueSource(strings = {"allow web to db:5432", "deny tier=front to *", "allow * to proxy:5060-5061/udp",
        "allow * to db/icmp", "deny * to *", "allow a.b-c_d to x/sctp", "allow com.example/tier=front to k=v:1",
        "allow web to tier=back:80/sctp"})
    void whatIsReadIsWrittenTheSame(String text) {
        assertEquals(text, Rule.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({"allow web to db:5432/tcp, allow web to db:5432", "  deny  web  to  db/any , deny web to db",
        "allow web to db:7-7, allow web to db:7"})
    void whatIsUsualIsLeftOut(String text, String usual) {
        assertEquals(usual, Rule.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "allow", "permit web to db", "allow web db", "allow web to", "allow web to db:0",
        "allow web to db:70000", "allow web to db:9-8", "allow web to db:80/icmp", "allow web to db/http",
        "allow web to d\"b", "allow web;drop to db", "allow we b to db", "allow =x to db", "allow k= to db",
        "allow web to db:80 ; flush ruleset", "allow { 1.2.3.4 } to db", "allow web to db:x", "allow @nodes4 to db"})
    void whatIsNoRuleIsRefusedWithItsWords(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Rule.parse(text));
        assertTrue(refused.getMessage().startsWith("rule \"" + text + "\": "), refused.getMessage());
    }

    @Test
    void theFirstRuleThatIsAboutAConnectionDecides() {
        Policy policy = Policy.of(true, List.of("deny web to db:22", "allow tier=front to tier=back", "deny web to *"));
        assertEquals(new Policy.Decision(false, OptionalInt.of(0)), policy.decide(WEB, DB, Rule.Protocol.TCP, 22));
        assertEquals(new Policy.Decision(true, OptionalInt.of(1)), policy.decide(WEB, DB, Rule.Protocol.UDP, 22));
        assertEquals(new Policy.Decision(false, OptionalInt.of(2)), policy.decide(WEB, WEB, Rule.Protocol.ICMP, 0));
        assertEquals(new Policy.Decision(false, OptionalInt.empty()), policy.decide(DB, WEB, Rule.Protocol.TCP, 22));
        assertEquals("default deny", policy.words(OptionalInt.empty()));
        assertEquals("deny web to *", policy.words(OptionalInt.of(2)));
    }

    @Test
    void aContainerThatIsNoTaskIsMeantByTheStarAlone() {
        Policy policy = Policy.of(true, List.of("allow web to db", "allow * to web:80"));
        assertEquals(new Policy.Decision(false, OptionalInt.empty()),
                policy.decide(Rule.End.NO_TASK, DB, Rule.Protocol.TCP, 1));
        assertEquals(new Policy.Decision(true, OptionalInt.of(1)),
                policy.decide(Rule.End.NO_TASK, WEB, Rule.Protocol.TCP, 80));
    }

    @Test
    void aPolicyIsOpenIfItForbidsNothing() {
        assertTrue(Policy.of(false, List.of("allow web to db")).isOpen());
        assertEquals(List.of(false, false), List.of(Policy.of(true, List.of()).isOpen(),
                Policy.of(false, List.of("deny web to db")).isOpen()));
    }

    @Test
    void noRuleIsThereTwiceAndNoPolicyIsTooLong() {
        assertThrows(IllegalArgumentException.class, () -> Policy.of(false, List.of("allow a to b:1", "allow a to b:1/tcp")));
        List<String> many = IntStream.rangeClosed(1, Policy.MOST_RULES + 1).mapToObj(each -> "allow a to b:" + each).toList();
        assertThrows(IllegalArgumentException.class, () -> Policy.of(false, many));
    }
}
