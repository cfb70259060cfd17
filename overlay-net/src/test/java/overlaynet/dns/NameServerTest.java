package overlaynet.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkNames;

/** Questions and answers over the loopback link; a name server of ours is whom the other asks. */
class NameServerTest {
    private static final InetAddress LOCAL = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress WEB = InetAddress.ofLiteral("10.9.0.2");
    private static final InetAddress WEB6 = InetAddress.ofLiteral("fd00:9::2");

    private static NetworkNames names(String network, String name, InetAddress... addresses) {
        return new NetworkNames(network, List.of(Subnet.parse("10.9.0.0/24")),
                List.of(new NetworkNames.Member(List.of(name), List.of(addresses))));
    }

    private static NameServer serve(Directory.View view) throws IOException {
        return serve(view, new Upstream());
    }

    private static NameServer serve(Directory.View view, Upstream upstream) throws IOException {
        return serve(client -> Optional.of(view), upstream);
    }

    private static NameServer serve(Directory directory, Upstream upstream) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return NameServer.open(LOCAL, 0, directory, upstream);
            } catch (BindException taken) {
                // The port that was free for datagrams may be another program's for streams.
                if (attempt == 10) {
                    throw taken;
                }
            }
        }
    }

    private static NameServer alone() throws IOException {
        return serve(new Directory.View(List.of(names("front", "web", WEB, WEB6)), List.of()));
    }

    @Test
    void itsPortIsFreeOnceItIsClosed() throws IOException {
        for (int again = 0; again < 20; again++) {
            NameServer first = alone();
            int port = first.port();
            first.close();
            try (NameServer second = NameServer.open(LOCAL, port, client -> Optional.empty(), new Upstream())) {
                assertEquals(port, second.port());
            }
        }
    }

    private static byte[] exchange(NameServer server, byte[] query) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5_000);
            socket.send(new DatagramPacket(query, query.length, LOCAL, server.port()));
            DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(answer);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    private static Message ask(NameServer server, Name name, int type) throws IOException {
        return new Message(exchange(server,
                Message.newQuery(Record.newRecord(name, type, DClass.IN)).toWire()));
    }

    private static Message ask(NameServer server, String name, int type) throws IOException {
        return ask(server, Name.fromString(name), type);
    }

    private static List<String> data(Message answer) {
        return answer.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
    }

    @Test
    void namesOfTheNetworkHaveAddresses() throws Exception {
        try (NameServer server = alone()) {
            assertEquals(List.of("10.9.0.2"), data(ask(server, "web.", Type.A)));
            assertEquals(List.of("fd00:9:0:0:0:0:0:2"), data(ask(server, "WEB.front.", Type.AAAA)));
            assertEquals(List.of("web.front."), data(ask(server, ReverseMap.fromAddress(WEB),
                    Type.PTR)));
            Message none = ask(server, "web.", Type.MX);
            assertEquals(Rcode.NOERROR, none.getRcode());
            assertEquals(List.of(), data(none));
            assertTrue(none.getHeader().getFlag(Flags.QR) && none.getHeader().getFlag(Flags.RA));
            assertEquals(Rcode.NXDOMAIN, ask(server, "other.", Type.A).getRcode());
            assertEquals(Rcode.NXDOMAIN, ask(server, ReverseMap.fromAddress("10.9.0.77"),
                    Type.PTR).getRcode());
        }
    }

    @Test
    void otherNamesAreAskedElsewhere() throws Exception {
        try (NameServer host = serve(new Directory.View(
                    List.of(names("world", "example.org", InetAddress.ofLiteral("192.0.2.7"))),
                    List.of()));
                NameServer server = serve(
                        new Directory.View(List.of(names("front", "web", WEB)), List.of(LOCAL)),
                        new Upstream(host.port()))) {
            assertEquals(List.of("192.0.2.7"), data(ask(server, "example.org.", Type.A)));
            assertEquals(List.of("10.9.0.2"), data(ask(server, "web.", Type.A)));
            assertEquals(Rcode.NXDOMAIN, ask(server, "nobody.example.", Type.A).getRcode());
        }
    }

    @Test
    void whoIsAskedInVainIsAFailure() throws Exception {
        int closed;
        try (DatagramSocket socket = new DatagramSocket(0, LOCAL)) {
            closed = socket.getLocalPort();
        }
        try (NameServer server = serve(
                new Directory.View(List.of(), List.of(LOCAL)), new Upstream(closed))) {
            Message answer = ask(server, "example.org.", Type.A);
            assertEquals(Rcode.SERVFAIL, answer.getRcode());
            assertEquals("example.org.", answer.getQuestion().getName().toString());
        }
    }

    @Test
    void nonsenseIsAnsweredOrIgnoredAndTheServerGoesOn() throws Exception {
        try (NameServer server = alone()) {
            byte[] cut = Arrays.copyOf(Message.newQuery(Record.newRecord(
                    Name.fromString("web."), Type.A, DClass.IN)).toWire(), 15);
            assertEquals(Rcode.FORMERR, new Message(exchange(server, cut)).getRcode());
            byte[] header = Arrays.copyOf(cut, 12);
            header[5] = 0;
            assertEquals(Rcode.FORMERR, new Message(exchange(server, header)).getRcode());
            Message update = Message.newQuery(Record.newRecord(Name.fromString("web."), Type.A,
                    DClass.IN));
            update.getHeader().setOpcode(5);
            assertEquals(Rcode.NOTIMP, new Message(exchange(server, update.toWire())).getRcode());
            for (byte[] silent : List.of(new byte[0], new byte[3], new byte[] {1, 2, -128, 4, 5, 6,
                7, 8, 9, 10, 11, 12})) {
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.send(new DatagramPacket(silent, silent.length, LOCAL, server.port()));
                }
            }
            assertEquals(List.of("10.9.0.2"), data(ask(server, "web.", Type.A)));
        }
    }

    @Test
    void strangersGetNoAnswer() throws Exception {
        try (NameServer server = serve(client -> Optional.empty(), new Upstream());
                DatagramSocket socket = new DatagramSocket()) {
            byte[] query = Message.newQuery(Record.newRecord(Name.fromString("web."), Type.A,
                    DClass.IN)).toWire();
            socket.setSoTimeout(200);
            socket.send(new DatagramPacket(query, query.length, LOCAL, server.port()));
            assertThrows(SocketTimeoutException.class,
                    () -> socket.receive(new DatagramPacket(new byte[512], 512)));
        }
    }

    @Test
    void whatDoesNotFitIsCutAndComesWholeOverAStream() throws Exception {
        List<InetAddress> many = new ArrayList<>();
        for (int last = 1; last <= 50; last++) {
            many.add(InetAddress.ofLiteral("10.9.0." + last));
        }
        try (NameServer server = serve(new Directory.View(List.of(
                names("front", "app", many.toArray(InetAddress[]::new))), List.of()))) {
            Message query = Message.newQuery(Record.newRecord(Name.fromString("app."), Type.A,
                    DClass.IN));
            byte[] plain = exchange(server, query.toWire());
            assertTrue(plain.length <= 512 && new Message(plain).getHeader().getFlag(Flags.TC));
            Message extended = query.clone();
            extended.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
            byte[] longer = exchange(server, extended.toWire());
            assertTrue(longer.length > 512 && longer.length <= 1232);
            try (Socket socket = new Socket(LOCAL, server.port())) {
                byte[] wire = query.toWire();
                socket.getOutputStream().write(new byte[] {0, (byte) wire.length});
                socket.getOutputStream().write(wire);
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] whole = new byte[in.readUnsignedShort()];
                in.readFully(whole);
                assertEquals(50, data(new Message(whole)).size());
            }
        }
    }

    private static byte[] query(String name, int type, int id) throws IOException {
        Message query = Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
        query.getHeader().setID(id);
        return query.toWire();
    }

    private static void send(DatagramSocket socket, NameServer server, byte[] query) throws IOException {
        socket.send(new DatagramPacket(query, query.length, LOCAL, server.port()));
    }

    private static Message receive(DatagramSocket socket) throws IOException {
        return receive(socket, 5_000);
    }

    private static Message receive(DatagramSocket socket, int timeoutMillis) throws IOException {
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        socket.setSoTimeout(timeoutMillis);
        socket.receive(answer);
        return new Message(Arrays.copyOf(answer.getData(), answer.getLength()));
    }

    @Test
    void bothQuestionsOfOneSocketAreAnsweredAlthoughNobodyElseIs() throws Exception {
        try (FakeNameServer dead = FakeNameServer.silent("127.0.0.1", 0);
                NameServer server = serve(new Directory.View(List.of(names("front", "web", WEB)), List.of(LOCAL)),
                        new Upstream(dead.port(), 20, 100));
                DatagramSocket socket = new DatagramSocket()) {
            send(socket, server, query("example.org.", Type.A, 1));
            send(socket, server, query("example.org.", Type.AAAA, 2));
            send(socket, server, query("web.", Type.A, 3));
            send(socket, server, query("web.", Type.AAAA, 4));
            Map<Integer, Integer> codes = new TreeMap<>();
            while (codes.size() < 4) {
                Message answer = receive(socket);
                codes.put(answer.getHeader().getID(), answer.getRcode());
            }
            assertEquals(Map.of(1, Rcode.SERVFAIL, 2, Rcode.SERVFAIL, 3, Rcode.NOERROR, 4, Rcode.NOERROR), codes);
        }
    }

    @Test
    void aConnectionsQuestionsAreAnsweredBesideEachOther() throws Exception {
        try (FakeNameServer dead = FakeNameServer.silent("127.0.0.1", 0);
                NameServer server = serve(new Directory.View(List.of(names("front", "web", WEB)), List.of(LOCAL)),
                        new Upstream(dead.port(), 60_000, 60_000));
                ServerSocket silent = new ServerSocket(dead.port(), 5, LOCAL);
                Socket socket = new Socket(LOCAL, server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(NameServer.framed(query("example.org.", Type.A, 1)));
            silent.accept().close();
            socket.getOutputStream().write(NameServer.framed(query("web.", Type.A, 2)));
            socket.shutdownOutput();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            List<Integer> numbers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                byte[] answer = new byte[in.readUnsignedShort()];
                in.readFully(answer);
                numbers.add(WireQuestion.id(answer));
            }
            assertEquals(Set.of(1, 2), Set.copyOf(numbers));
        }
    }

    @Test
    void aFloodIsShedAndOwnNamesAreAnsweredMeanwhile() throws Exception {
        int most = 128;
        try (FakeNameServer slow = FakeNameServer.silent("127.0.0.1", 0);
                NameServer server = serve(new Directory.View(List.of(names("front", "web", WEB)), List.of(LOCAL)),
                        new Upstream(slow.port(), 60_000, 60_000));
                DatagramSocket socket = new DatagramSocket();
                DatagramSocket other = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.2"))) {
            List<DatagramPacket> inFlight = new ArrayList<>();
            for (int id = 0; id < most; id++) {
                send(socket, server, query("n" + id + ".example.org.", Type.A, id));
                inFlight.add(slow.asked.take());
            }
            for (int id = most; id < 2 * most; id++) {
                send(socket, server, query("n" + id + ".example.org.", Type.A, id));
                Message shed = receive(socket);
                assertEquals(id, shed.getHeader().getID());
                assertEquals(Rcode.SERVFAIL, shed.getRcode());
            }
            try (DatagramSocket flood = new DatagramSocket()) {
                for (int id = 0; id < 5_000; id++) {
                    send(flood, server, query("m" + id + ".example.org.", Type.A, id));
                }
                assertEquals(List.of("10.9.0.2"), data(askAgainAndAgain(server, "web.")));
            }
            assertEquals(0, slow.asked.size());
            send(other, server, query("other.example.org.", Type.A, 7));
            slow.answer(slow.asked.take(), new byte[3]); // another client has a share of its own
            for (DatagramPacket each : inFlight) {
                slow.answer(each, FakeNameServer.response(FakeNameServer.bytes(each), Rcode.NXDOMAIN));
                assertEquals(Rcode.NXDOMAIN, receive(socket).getRcode());
            }
            send(socket, server, query("n.example.org.", Type.A, 1));
            slow.asked.take();
        }
    }

    @Test
    void whatTheWorldDoesNotKnowBelowAServiceIsUnknownForAShortTime() throws Exception {
        NetworkNames names = new NetworkNames("front", List.of(), List.of(),
                List.of(new NetworkNames.Service(List.of("app"), List.of(), List.of())));
        try (FakeNameServer world = new FakeNameServer("127.0.0.1", 0, query ->
                    List.of(FakeNameServer.response(query, query[13] == 'x' ? Rcode.NXDOMAIN : Rcode.NOERROR)));
                NameServer server = serve(new Directory.View(List.of(names), List.of(LOCAL)), new Upstream(world.port()))) {
            Message unknown = ask(server, "x.app.", Type.A);
            assertEquals(Rcode.NXDOMAIN, unknown.getRcode());
            assertEquals("app.", unknown.getSection(Section.AUTHORITY).getFirst().getName().toString());
            assertEquals(Rcode.NOERROR, ask(server, "example.app.", Type.A).getRcode());
            assertEquals(0, ask(server, "x.org.", Type.A).getSection(Section.AUTHORITY).size());
        }
    }

    /** As resolvers do: the kernel drops what does not fit its buffer. */
    private static Message askAgainAndAgain(NameServer server, String name) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int attempt = 1; ; attempt++) {
                send(socket, server, query(name, Type.A, attempt));
                try {
                    return receive(socket, 500);
                } catch (SocketTimeoutException dropped) {
                    if (attempt == 60) {
                        throw dropped;
                    }
                }
            }
        }
    }

    @Test
    void whatAFloodOfNonsenseLeavesIsAServerThatAnswers() throws Exception {
        Random random = new Random(7);
        try (NameServer server = alone(); DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 3_000; i++) {
                byte[] nonsense = random.nextBoolean() ? query("web.", Type.A, i) : new byte[random.nextInt(600)];
                for (int times = random.nextInt(5); times > 0 && nonsense.length > 0; times--) {
                    nonsense[random.nextInt(nonsense.length)] = (byte) random.nextInt(256);
                }
                send(socket, server, nonsense);
            }
            assertEquals(List.of("10.9.0.2"), data(askAgainAndAgain(server, "web.")));
        }
    }
}
