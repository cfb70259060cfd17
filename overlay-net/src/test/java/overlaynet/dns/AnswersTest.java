package overlaynet.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkNames;
import overlaynet.network.NetworkNames.Member;
import overlaynet.network.NetworkNames.NamedPort;
import overlaynet.network.NetworkNames.Service;

/** What is said about the names of a network, without a socket. */
class AnswersTest {
    private static final List<InetAddress> UPSTREAM = List.of(address("192.0.2.53"));
    private static final NetworkNames SIG = new NetworkNames("sig", List.of(Subnet.parse("10.9.0.0/24")), List.of(
            new Member(List.of("proxy", "edge"), List.of(address("10.9.0.200"))),
            new Member(List.of("1.proxy", "tasks.proxy"), List.of(address("10.9.0.2"), address("fd00::2"))),
            new Member(List.of("2.proxy", "tasks.proxy"), List.of(address("10.9.0.3")))), List.of(
                    new Service(List.of("proxy", "edge"), List.of(new NamedPort("_sip._tcp", 5070),
                            new NamedPort("_metrics._tcp", 9090), new NamedPort("_sip._udp", 5060),
                            new NamedPort("_sips._tcp", 5061), new NamedPort("_sip._sctp", 5062)),
                            List.of("1.proxy", "2.proxy")),
                    new Service(List.of("empty"), List.of(), List.of()),
                    new Service(List.of("app"), List.of(), List.of())));

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static Message query(Name name, int type) {
        return Message.newQuery(Record.newRecord(name, type, DClass.IN));
    }

    private static Message query(String name, int type) throws IOException {
        return query(Name.fromString(name), type);
    }

    private static Answers.Decision decide(Message query, boolean stream) {
        return Answers.decide(query.toWire(), new Directory.View(List.of(SIG), UPSTREAM), stream);
    }

    private static Message said(Message query) throws IOException {
        return new Message(assertInstanceOf(Answers.Decision.Reply.class, decide(query, true)).message());
    }

    private static List<String> data(Message answer, int section) {
        return answer.getSection(section).stream().map(each -> each.getName() + " " + Type.string(each.getType()) + " "
                + each.rdataToString()).sorted().toList();
    }

    private static void assertNegative(int code, String zone, Message answer) {
        assertEquals(code, answer.getRcode(), answer.toString());
        assertEquals(List.of(), answer.getSection(Section.ANSWER));
        SOARecord start = assertInstanceOf(SOARecord.class, answer.getSection(Section.AUTHORITY).getFirst());
        assertEquals(zone, start.getName().toString());
        assertTrue(start.getTTL() <= 5 && start.getMinimum() == start.getTTL(), start.toString());
        assertTrue(answer.getHeader().getFlag(Flags.AA) && answer.getQuestion().getName().subdomain(start.getName()),
                answer.toString());
    }

    @Test
    void aPortIsFoundAtEachTask() throws Exception {
        Message answer = said(query("_SIP._udp.proxy.", Type.SRV));
        assertEquals(List.of("_SIP._udp.proxy. SRV 0 10 5060 1.proxy.", "_SIP._udp.proxy. SRV 0 10 5060 2.proxy."),
                data(answer, Section.ANSWER));
        assertEquals(List.of("1.proxy. A 10.9.0.2", "1.proxy. AAAA fd00:0:0:0:0:0:0:2", "2.proxy. A 10.9.0.3"),
                data(answer, Section.ADDITIONAL));
        assertTrue(answer.getHeader().getFlag(Flags.AA));
    }

    @Test
    void aPortIsFoundByTheNetworksNameAndByAliases() throws Exception {
        assertEquals(List.of("_sip._tcp.proxy.sig. SRV 0 10 5070 1.proxy.sig.",
                "_sip._tcp.proxy.sig. SRV 0 10 5070 2.proxy.sig."),
                data(said(query("_sip._tcp.proxy.sig.", Type.SRV)), Section.ANSWER));
        assertEquals(List.of("1.proxy.sig. A 10.9.0.2"), data(said(query("1.proxy.sig.", Type.A)), Section.ANSWER));
        assertEquals(List.of("_metrics._tcp.edge. SRV 0 10 9090 1.proxy.",
                "_metrics._tcp.edge. SRV 0 10 9090 2.proxy."),
                data(said(query("_metrics._tcp.edge.", Type.SRV)), Section.ANSWER));
    }

    @Test
    void transportsOfSipHaveTheOrderTheyWereGiven() throws Exception {
        assertEquals(List.of("proxy. NAPTR 10 10 \"s\" \"SIP+D2T\" \"\" _sip._tcp.proxy.",
                "proxy. NAPTR 20 10 \"s\" \"SIP+D2U\" \"\" _sip._udp.proxy.",
                "proxy. NAPTR 30 10 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.proxy.",
                "proxy. NAPTR 40 10 \"s\" \"SIP+D2S\" \"\" _sip._sctp.proxy."),
                data(said(query("proxy.", Type.NAPTR)), Section.ANSWER));
        assertTrue(data(said(query("edge.sig.", Type.NAPTR)), Section.ANSWER).getFirst()
                .endsWith(" _sip._tcp.edge.sig."));
        assertNegative(Rcode.NOERROR, "empty.", said(query("empty.", Type.NAPTR)));
    }

    @Test
    void whatHasNothingOfATypeSaysSo() throws Exception {
        assertNegative(Rcode.NOERROR, "proxy.", said(query("proxy.", Type.AAAA)));
        assertNegative(Rcode.NOERROR, "proxy.", said(query("proxy.", Type.SRV)));
        assertNegative(Rcode.NOERROR, "proxy.sig.", said(query("2.proxy.sig.", Type.AAAA)));
        assertNegative(Rcode.NOERROR, "proxy.", said(query("_sip._udp.proxy.", Type.A)));
        assertNegative(Rcode.NOERROR, "proxy.", said(query("_udp.proxy.", Type.SRV)));
        assertNegative(Rcode.NOERROR, "empty.", said(query("empty.", Type.A)));
        assertNegative(Rcode.NOERROR, "empty.", said(query("tasks.empty.", Type.A)));
        assertNegative(Rcode.NOERROR, "2.0.9.10.in-addr.arpa.",
                said(query(ReverseMap.fromAddress("10.9.0.2"), Type.A)));
    }

    @Test
    void whatNobodyElseCanHaveIsUnknown() throws Exception {
        assertNegative(Rcode.NXDOMAIN, "proxy.", said(query("3.proxy.", Type.A)));
        assertNegative(Rcode.NXDOMAIN, "proxy.sig.", said(query("north.3.proxy.sig.", Type.AAAA)));
        assertNegative(Rcode.NXDOMAIN, "proxy.", said(query("_xmpp._tcp.proxy.", Type.SRV)));
        assertNegative(Rcode.NXDOMAIN, "empty.", said(query("_sip._udp.empty.", Type.SRV)));
        assertNegative(Rcode.NXDOMAIN, "0.9.10.in-addr.arpa.",
                said(query(ReverseMap.fromAddress("10.9.0.77"), Type.PTR)));
    }

    @Test
    void aNameBelowThatOfAServiceMayBeTheWorlds() throws Exception {
        Answers.Decision.Forward asked = assertInstanceOf(Answers.Decision.Forward.class,
                decide(query("example.app.", Type.A), false));
        assertNegative(Rcode.NXDOMAIN, "app.", new Message(asked.unknown().orElseThrow()));
        assertEquals(Rcode.SERVFAIL, new Message(asked.failure()).getRcode(), "who is silent may know of it");
        Answers.Decision.Forward other = assertInstanceOf(Answers.Decision.Forward.class,
                decide(query("example.org.", Type.A), false));
        assertEquals(Optional.empty(), other.unknown());
        assertEquals(Rcode.SERVFAIL, new Message(other.failure()).getRcode());
    }

    @Test
    void whatOneNetworkLacksAnotherMayHave() throws Exception {
        NetworkNames other = new NetworkNames("mgmt", List.of(), List.of(
                new Member(List.of("9.proxy"), List.of(address("10.8.0.9")))), List.of(
                        new Service(List.of("proxy"), List.of(new NamedPort("_ssh._tcp", 22)), List.of("9.proxy"))));
        Directory.View both = new Directory.View(List.of(SIG, other), UPSTREAM);
        for (String name : List.of("_ssh._tcp.proxy.", "_ssh._tcp.proxy.mgmt.")) {
            Message answer = new Message(assertInstanceOf(Answers.Decision.Reply.class,
                    Answers.decide(query(name, Type.SRV).toWire(), both, false)).message());
            assertEquals(1, answer.getSection(Section.ANSWER).size(), name);
            assertEquals(1, answer.getSection(Section.ADDITIONAL).size(), name);
        }
        Message task = new Message(assertInstanceOf(Answers.Decision.Reply.class,
                Answers.decide(query("9.proxy.", Type.A).toWire(), both, false)).message());
        assertEquals(List.of("9.proxy. A 10.8.0.9"), data(task, Section.ANSWER));
    }

    @Test
    void whoHasNobodyToAskIsToldThatThereIsNothing() throws Exception {
        for (String name : List.of("example.org.", ".", "x.app.")) {
            Answers.Decision decision = Answers.decide(query(name, Type.A).toWire(),
                    new Directory.View(List.of(SIG), List.of()), false);
            assertNegative(Rcode.NXDOMAIN, name.equals("x.app.") ? "app." : ".",
                    new Message(assertInstanceOf(Answers.Decision.Reply.class, decision).message()));
        }
    }

    @Test
    void extensionsAreAnsweredInTheirVersion() throws Exception {
        Message query = query("proxy.", Type.AAAA);
        query.addRecord(new OPTRecord(4096, 0, 0, 0x8000), Section.ADDITIONAL);
        Message answer = said(query);
        assertNegative(Rcode.NOERROR, "proxy.", answer);
        assertEquals(0x8000, answer.getOPT().getFlags());
        Message newer = query("proxy.", Type.A);
        newer.addRecord(new OPTRecord(4096, 0, 1), Section.ADDITIONAL);
        assertEquals(Rcode.BADVERS, said(newer).getRcode());
        assertEquals(0, said(newer).getOPT().getVersion());
        newer.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        assertEquals(Rcode.FORMERR, said(newer).getRcode());
    }

    @Test
    void manyTasksComeWholeOverAStreamAndAreCutInADatagram() throws Exception {
        List<Member> members = new ArrayList<>();
        List<String> tasks = new ArrayList<>();
        for (int task = 1; task <= 200; task++) {
            tasks.add(task + ".db");
            members.add(new Member(List.of(task + ".db", "tasks.db"), List.of(address("10.9.0." + task))));
        }
        Directory.View view = new Directory.View(List.of(new NetworkNames("sig", List.of(), members, List.of(
                new Service(List.of("db"), List.of(new NamedPort("_sql._tcp", 5432)), tasks)))), List.of());
        for (Message query : List.of(query("tasks.db.", Type.A), query("_sql._tcp.db.", Type.SRV))) {
            query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
            byte[] cut = ((Answers.Decision.Reply) Answers.decide(query.toWire(), view, false)).message();
            Message answer = new Message(cut);
            assertTrue(cut.length <= 1232 && answer.getHeader().getFlag(Flags.TC) && answer.getOPT() != null,
                    answer.toString());
            byte[] whole = ((Answers.Decision.Reply) Answers.decide(query.toWire(), view, true)).message();
            assertEquals(200, new TreeSet<>(data(new Message(whole), Section.ANSWER)).size());
        }
    }
}
