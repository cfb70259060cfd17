package overlaynet.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import overlaynet.network.NetworkNames;

/** What is answered to a question (RFC 1035), or that somebody else is to be asked. */
final class Answers {
    /** Short: containers come and go, and the way here is short. */
    private static final int TTL_SECONDS = 5;
    /** What fits into a packet everywhere (dnsflagday.net/2020). */
    private static final int EDNS_PAYLOAD_BYTES = 1232;
    private static final int PLAIN_PAYLOAD_BYTES = 512;
    private static final int HEADER_BYTES = 12;

    private Answers() {}

    /** What to do about a query. */
    sealed interface Decision {
        /** Send this back. */
        record Reply(byte[] message) implements Decision {}

        /** Ask those servers; if none knows, send the failure back. */
        record Forward(List<InetAddress> servers, byte[] failure) implements Decision {}

        /** Say nothing: it is no query. */
        record Ignore() implements Decision {}
    }

    /**
     * Decides.
     *
     * @param stream whether it came over TCP, where answers may be long
     */
    static Decision decide(byte[] query, Directory.View view, boolean stream) {
        Message question;
        try {
            question = new Message(query);
        } catch (IOException | RuntimeException malformed) {
            return malformed(query);
        }
        if (question.getHeader().getFlag(Flags.QR)) {
            return new Decision.Ignore();
        }
        if (question.getHeader().getOpcode() != Opcode.QUERY) {
            return reply(question, Rcode.NOTIMP, List.of(), stream);
        }
        Record asked = question.getQuestion();
        if (asked == null || question.getSection(Section.QUESTION).size() != 1) {
            return reply(question, Rcode.FORMERR, List.of(), stream);
        }
        try {
            Optional<List<Record>> own = asked.getDClass() == DClass.IN
                    ? own(asked, view) : Optional.empty();
            if (own.isPresent()) {
                return reply(question, Rcode.NOERROR, own.get(), stream);
            }
        } catch (TextParseException unspeakable) {
            return reply(question, Rcode.SERVFAIL, List.of(), stream);
        }
        boolean ours = asked.getType() == Type.PTR && reversed(asked.getName())
                .filter(address -> view.networks().stream()
                        .anyMatch(network -> network.covers(address))).isPresent();
        if (ours || view.nameServers().isEmpty()) {
            return reply(question, Rcode.NXDOMAIN, List.of(), stream);
        }
        return new Decision.Forward(view.nameServers(),
                message(question, Rcode.SERVFAIL, List.of(), stream));
    }

    /** The records of a name of ours, maybe none of the type asked for; empty if it is not ours. */
    private static Optional<List<Record>> own(Record asked, Directory.View view)
            throws TextParseException {
        if (asked.getType() == Type.PTR) {
            Optional<InetAddress> address = reversed(asked.getName());
            for (NetworkNames network : view.networks()) {
                Optional<String> name = address.flatMap(network::nameOf);
                if (name.isPresent()) {
                    return Optional.of(List.of(new PTRRecord(asked.getName(), DClass.IN,
                            TTL_SECONDS, Name.fromString(name.get() + "."))));
                }
            }
            return Optional.empty();
        }
        String text = asked.getName().toString(true);
        for (NetworkNames network : view.networks()) {
            Optional<List<InetAddress>> found = network.addresses(text);
            if (found.isPresent()) {
                return Optional.of(records(asked, found.get()));
            }
        }
        return Optional.empty();
    }

    private static List<Record> records(Record asked, List<InetAddress> addresses) {
        int type = asked.getType();
        List<Record> records = new ArrayList<>();
        for (InetAddress address : addresses) {
            boolean ipv4 = address.getAddress().length == 4;
            if (ipv4 && (type == Type.A || type == Type.ANY)) {
                records.add(new ARecord(asked.getName(), DClass.IN, TTL_SECONDS, address));
            } else if (!ipv4 && (type == Type.AAAA || type == Type.ANY)) {
                records.add(new AAAARecord(asked.getName(), DClass.IN, TTL_SECONDS, address));
            }
        }
        Collections.shuffle(records); // whoever takes the first spreads over those of one name
        return records;
    }

    private static Optional<InetAddress> reversed(Name name) {
        try {
            return Optional.of(ReverseMap.fromName(name));
        } catch (IOException | RuntimeException noAddress) {
            return Optional.empty();
        }
    }

    private static Decision reply(Message question, int code, List<Record> records,
            boolean stream) {
        return new Decision.Reply(message(question, code, records, stream));
    }

    private static byte[] message(Message question, int code, List<Record> records,
            boolean stream) {
        Message answer = new Message(question.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (question.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        header.setOpcode(question.getHeader().getOpcode());
        header.setRcode(code);
        if (question.getQuestion() != null) {
            answer.addRecord(question.getQuestion(), Section.QUESTION);
        }
        records.forEach(record -> answer.addRecord(record, Section.ANSWER));
        OPTRecord extended = question.getOPT();
        int most = PLAIN_PAYLOAD_BYTES;
        if (extended != null) {
            answer.addRecord(new OPTRecord(EDNS_PAYLOAD_BYTES, 0, 0), Section.ADDITIONAL);
            most = Math.clamp(extended.getPayloadSize(), PLAIN_PAYLOAD_BYTES, EDNS_PAYLOAD_BYTES);
        }
        return stream ? answer.toWire(0xffff) : answer.toWire(most);
    }

    private static Decision malformed(byte[] query) {
        boolean isQuery = query.length >= HEADER_BYTES && query[2] >= 0;
        if (!isQuery) {
            return new Decision.Ignore();
        }
        Message answer = new Message((query[0] & 0xff) << 8 | query[1] & 0xff);
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(Rcode.FORMERR);
        return new Decision.Reply(answer.toWire());
    }
}
