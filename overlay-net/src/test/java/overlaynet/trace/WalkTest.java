package overlaynet.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlaynet.trace.Evidence.Answer;

/** Every fault has a hop that is named for it, and the first one is the one to mend. */
class WalkTest {
    private static final InetAddress OWN = InetAddress.ofLiteral("10.1.0.2");
    private static final InetAddress FAR = InetAddress.ofLiteral("10.1.1.2");
    private static final InetAddress UNDERLAY = InetAddress.ofLiteral("192.0.2.2");
    private static final Evidence.Source WELL = new Evidence.Source(OWN, "jv1", true, true, true, true, true, true, true);
    private static final Evidence.Target WEB = new Evidence.Target("web", List.of(InetAddress.ofLiteral("10.1.192.1")),
            "web", true);
    private static final Evidence.Way HERE = new Evidence.Way("1.web", OWN, "", Optional.empty(), List.of(), true, true, "",
            true, Answer.TAKEN);

    private static Evidence.Way far(List<String> lacks, boolean node, boolean bridge, boolean container, Answer port) {
        return new Evidence.Way("2.web", FAR, "b", Optional.of(UNDERLAY), lacks, node, bridge, "", container, port);
    }

    private static final Evidence.Way THERE = far(List.of(), true, true, true, Answer.TAKEN);

    private static List<String> failing(Evidence evidence) {
        return Walk.of(evidence).stream().filter(each -> each.state() == Hop.State.FAILS).map(Hop::name).toList();
    }

    private static List<String> failing(Evidence.Source source) {
        return failing(new Evidence("net", Optional.empty(), source, WEB, List.of(THERE), 80));
    }

    private static List<String> failing(Evidence.Target target, Evidence.Way... ways) {
        return failing(new Evidence("net", Optional.empty(), WELL, target, List.of(ways), 80));
    }

    @Test
    void aWayWithoutAFaultHoldsAtEachHop() {
        List<Hop> hops = Walk.of(new Evidence("net", Optional.empty(), WELL, WEB, List.of(HERE, THERE), 80));
        assertEquals(List.of("network", "container", "name", "cable", "bridge", "rules", "forwarding", "address", "tasks",
                "far container of 1.web", "port of 1.web", "tunnel of 2.web", "node of 2.web", "far bridge of 2.web",
                "far container of 2.web", "port of 2.web"), hops.stream().map(Hop::name).toList());
        assertTrue(hops.stream().allMatch(each -> each.state() == Hop.State.HOLDS && each.mend().isEmpty()),
                hops.toString());
    }

    @Test
    void eachFaultOfTheSourceHasItsHop() {
        assertEquals(List.of("network"), failing(new Evidence("net", Optional.of("it overlaps"), WELL, WEB, List.of(THERE), 0)));
        assertEquals(List.of("container"), failing(new Evidence.Source(OWN, "jv1", true, false, true, true, true, true, true)));
        assertEquals(List.of("container"), failing(new Evidence.Source(OWN, "jv1", true, true, false, true, true, true, true)));
        assertEquals(List.of("container"), failing(new Evidence.Source(OWN, "jv1", true, true, true, false, true, true, true)));
        assertEquals(List.of("cable"), failing(new Evidence.Source(OWN, "jv1", false, true, true, true, true, true, true)));
        assertEquals(List.of("bridge"), failing(new Evidence.Source(OWN, "jv1", true, true, true, true, false, true, true)));
        assertEquals(List.of("rules"), failing(new Evidence.Source(OWN, "jv1", true, true, true, true, true, false, true)));
        assertEquals(List.of("forwarding"), failing(new Evidence.Source(OWN, "jv1", true, true, true, true, true, true, false)));
    }

    @Test
    void eachFaultOfTheTargetHasItsHop() {
        assertEquals(List.of("name"), failing(new Evidence.Target("nobody", List.of(), "", true)));
        assertEquals(List.of("address"), failing(new Evidence.Target("web", WEB.addresses(), "web", false), THERE));
        assertEquals(List.of("tasks"), failing(WEB));
    }

    @Test
    void eachFaultOfAWayHasItsHop() {
        assertEquals(List.of("tunnel of 2.web"), failing(WEB, far(List.of("lacks a route"), true, false, false, Answer.SILENCE)));
        assertEquals(List.of("node of 2.web"), failing(WEB, far(List.of(), false, false, false, Answer.SILENCE)));
        assertEquals(List.of("far bridge of 2.web"), failing(WEB, far(List.of(), true, false, false, Answer.SILENCE)));
        assertEquals(List.of("far container of 2.web"), failing(WEB, far(List.of(), true, true, false, Answer.SILENCE)));
        assertEquals(List.of("port of 2.web"), failing(WEB, far(List.of(), true, true, true, Answer.REFUSED)));
        assertEquals(List.of("port of 2.web"), failing(WEB, far(List.of(), true, true, true, Answer.SILENCE)));
    }

    @Test
    void aNodeThatAnswersNoPingIsThereIfItsBridgeIs() {
        assertEquals(List.of(), failing(WEB, far(List.of(), false, true, true, Answer.TAKEN)));
    }

    @Test
    void whatLiesBehindAFaultIsNotBlamed() {
        List<Hop> hops = Walk.of(new Evidence("net", Optional.empty(), WELL, WEB,
                List.of(far(List.of(), true, false, false, Answer.SILENCE), HERE), 80));
        List<String> states = new ArrayList<>();
        hops.stream().skip(9).forEach(each -> states.add(each.name() + " " + each.state()));
        assertEquals(List.of("tunnel of 2.web HOLDS", "node of 2.web HOLDS", "far bridge of 2.web FAILS",
                "far container of 2.web UNKNOWN", "port of 2.web UNKNOWN", "far container of 1.web HOLDS",
                "port of 1.web HOLDS"), states);
        hops.stream().filter(each -> each.state() == Hop.State.FAILS).forEach(each ->
                assertTrue(!each.mend().isEmpty(), each.toString()));
    }
}
