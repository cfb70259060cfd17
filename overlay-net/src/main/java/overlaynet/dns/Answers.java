package overlaynet.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;

/** What is answered to a question (RFC 1035), or that somebody else is to be asked. */
final class Answers {
    private Answers() {}

    /** What to do about a query. */
    sealed interface Decision {
        /** Send this back. */
        record Reply(byte[] message) implements Decision {}

        /**
         * Ask those servers.
         *
         * @param failure what is sent back if none knows
         * @param unknown what is sent back if the name does not exist; empty: what they say
         */
        record Forward(List<InetAddress> servers, byte[] failure, Optional<byte[]> unknown) implements Decision {}

        /** Say nothing: it is no query. */
        record Ignore() implements Decision {}
    }

    /**
     * Decides. Throws nothing, whatever the bytes are.
     *
     * @param stream whether it came over TCP, where answers may be long
     */
    static Decision decide(byte[] query, Directory.View view, boolean stream) {
        if (query.length < WireQuestion.HEADER_BYTES || WireQuestion.isResponse(query)) {
            return new Decision.Ignore(); // answers to answers would go back and forth
        }
        if (WireQuestion.opcode(query) != Opcode.QUERY) {
            return new Decision.Reply(Replies.header(query, Rcode.NOTIMP));
        }
        if (!WireQuestion.isWhole(query)) {
            return new Decision.Reply(Replies.header(query, Rcode.FORMERR));
        }
        Message question;
        try {
            question = new Message(query);
        } catch (IOException | RuntimeException malformed) {
            return new Decision.Reply(Replies.header(query, Rcode.FORMERR));
        }
        if (question.getSection(Section.ADDITIONAL).stream().filter(OPTRecord.class::isInstance).count() > 1) {
            return new Decision.Reply(Replies.header(query, Rcode.FORMERR)); // RFC 6891, 6.1.1
        }
        if (question.getOPT() != null && question.getOPT().getVersion() != 0) {
            return new Decision.Reply(new Replies(question, stream).failure(Rcode.BADVERS));
        }
        return decide(question, view, new Replies(question, stream));
    }

    private static Decision decide(Message question, Directory.View view, Replies replies) {
        Record asked = question.getQuestion();
        OwnNames.Found found;
        try {
            found = asked.getDClass() == DClass.IN ? OwnNames.find(asked, view) : new OwnNames.Found.Others();
        } catch (TextParseException unspeakable) {
            return new Decision.Reply(replies.failure(Rcode.SERVFAIL));
        }
        boolean alone = view.nameServers().isEmpty();
        return switch (found) {
            case OwnNames.Found.Records(var records, var additional, var start) ->
                new Decision.Reply(replies.records(records, additional, start));
            case OwnNames.Found.Nothing(var start) -> new Decision.Reply(replies.unknown(start));
            case OwnNames.Found.NothingHere(var start) when alone -> new Decision.Reply(replies.unknown(start));
            // Asked for often, and by mistake; what the world says about its absence would be kept for a day.
            case OwnNames.Found.NothingHere(var start) -> new Decision.Forward(view.nameServers(),
                    replies.failure(Rcode.SERVFAIL), Optional.of(replies.unknown(start)));
            case OwnNames.Found.Others() when alone ->
                new Decision.Reply(replies.unknown(OwnNames.start(Name.root)));
            case OwnNames.Found.Others() -> new Decision.Forward(view.nameServers(), replies.failure(Rcode.SERVFAIL),
                    Optional.empty());
        };
    }
}
