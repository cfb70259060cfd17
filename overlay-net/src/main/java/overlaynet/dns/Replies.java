package overlaynet.dns;

import java.util.List;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * The messages that answer a question. What does not fit into a datagram is left out and said to be (RFC 2181, 9), so
 * that it is asked for over TCP.
 */
final class Replies {
    /** What fits into a packet everywhere (dnsflagday.net/2020). */
    private static final int EDNS_PAYLOAD_BYTES = 1232;
    private static final int PLAIN_PAYLOAD_BYTES = 512;
    private static final int STREAM_BYTES = 0xffff;
    /** What is above goes into the record of the extension (RFC 6891, 6.1.3). */
    private static final int HEADER_CODE_BITS = 4;

    private final Message question;
    private final boolean stream;

    /**
     * To that question.
     *
     * @param stream whether it came over TCP, where answers may be long
     */
    Replies(Message question, boolean stream) {
        this.question = question;
        this.stream = stream;
    }

    /** That a query cannot be answered, of which no more is known than its header. */
    static byte[] header(byte[] query, int code) {
        Message answer = new Message(WireQuestion.id(query));
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setOpcode(WireQuestion.opcode(query));
        answer.getHeader().setRcode(code);
        return answer.toWire();
    }

    /**
     * The records; without any, that there is nothing of that type (RFC 2308, 2.2).
     *
     * @param additional as many as there is room for
     * @param start      of their zone
     */
    byte[] records(List<Record> records, List<Record> additional, Record start) {
        Message answer = answer(Rcode.NOERROR, true);
        records.forEach(record -> answer.addRecord(record, Section.ANSWER));
        additional.forEach(record -> answer.addRecord(record, Section.ADDITIONAL));
        if (records.isEmpty()) {
            answer.addRecord(start, Section.AUTHORITY);
        }
        return wire(answer);
    }

    /** That there is no such name (RFC 2308, 2.1). */
    byte[] unknown(Record start) {
        Message answer = answer(Rcode.NXDOMAIN, true);
        answer.addRecord(start, Section.AUTHORITY);
        return wire(answer);
    }

    /** That there is no answer. */
    byte[] failure(int code) {
        return wire(answer(code, false));
    }

    private Message answer(int code, boolean own) {
        Message answer = new Message(question.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (own) {
            header.setFlag(Flags.AA);
        }
        if (question.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        header.setRcode(code & (1 << HEADER_CODE_BITS) - 1);
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        OPTRecord extended = question.getOPT();
        if (extended != null) {
            answer.addRecord(new OPTRecord(EDNS_PAYLOAD_BYTES, code >> HEADER_CODE_BITS, 0,
                    extended.getFlags() & ExtendedFlags.DO), Section.ADDITIONAL); // RFC 3225, 3
        }
        return answer;
    }

    private byte[] wire(Message answer) {
        OPTRecord extended = question.getOPT();
        int most = extended == null ? PLAIN_PAYLOAD_BYTES
                : Math.clamp(extended.getPayloadSize(), PLAIN_PAYLOAD_BYTES, EDNS_PAYLOAD_BYTES);
        return answer.toWire(stream ? STREAM_BYTES : most);
    }
}
