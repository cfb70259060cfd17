package clusterd.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which proposals were applied last, with their answers: one that comes into the log twice, because its first
 * leader died before it could answer, is applied once and answered twice. Part of the state, the same at every
 * member and in every snapshot, as what is forgotten depends on the entries alone.
 */
final class AppliedOnce {
    /** Far more than can come between a proposal and its last repetition. */
    private static final int MOST_PROPOSALS = 16_384;
    private static final int MOST_ANSWER_BYTES = 2 * 1024 * 1024;

    /** Who proposed, and that member's number for it. */
    record Proposal(UUID proposer, long number) {}

    private final LinkedHashMap<Proposal, byte[]> answers = new LinkedHashMap<>();
    private long answerBytes;

    Optional<byte[]> answer(Proposal proposal) {
        return Optional.ofNullable(answers.get(proposal));
    }

    void remember(Proposal proposal, byte[] answer) {
        answers.put(proposal, answer);
        answerBytes += answer.length;
        var oldest = answers.entrySet().iterator();
        while (answers.size() > MOST_PROPOSALS || (answerBytes > MOST_ANSWER_BYTES && answers.size() > 1)) {
            answerBytes -= oldest.next().getValue().length;
            oldest.remove();
        }
    }

    /** The same now and later: answers are shared, and nobody changes them. */
    AppliedOnce copy() {
        AppliedOnce copy = new AppliedOnce();
        copy.answers.putAll(answers);
        copy.answerBytes = answerBytes;
        return copy;
    }

    void writeTo(DataOutputStream out) throws IOException {
        out.writeInt(answers.size());
        for (Map.Entry<Proposal, byte[]> entry : answers.entrySet()) {
            out.writeLong(entry.getKey().proposer().getMostSignificantBits());
            out.writeLong(entry.getKey().proposer().getLeastSignificantBits());
            out.writeLong(entry.getKey().number());
            out.writeInt(entry.getValue().length);
            out.write(entry.getValue());
        }
    }

    static AppliedOnce readFrom(DataInputStream in) throws IOException {
        AppliedOnce read = new AppliedOnce();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Proposal proposal = new Proposal(new UUID(in.readLong(), in.readLong()), in.readLong());
            int length = in.readInt();
            byte[] answer = in.readNBytes(length);
            if (answer.length != length) {
                throw new IOException("it ends in the midst of the answers");
            }
            read.remember(proposal, answer);
        }
        return read;
    }
}
