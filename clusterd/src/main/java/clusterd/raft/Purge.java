package clusterd.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import runtime.container.Journal;

/**
 * Deletes the log's files that a snapshot has made superfluous. A voter keeps some before it, so that one that was
 * away for a moment catches up from the log; a witness keeps all that any voter may still lack, since it
 * may be the only one to have it.
 */
final class Purge {
    private final RaftServer.Division division;
    private final Settings settings;
    private final Journal journal;

    Purge(RaftServer.Division division, Settings settings, Journal journal) {
        this.division = division;
        this.settings = settings;
        this.journal = journal;
    }

    void after(long snapshotIndex) {
        long upTo = settings.self().kind() == MemberKind.VOTER ? voter(snapshotIndex) : witness(snapshotIndex);
        if (upTo > 0) {
            division.getRaftLog().purge(upTo);
        }
    }

    private long voter(long snapshotIndex) {
        return snapshotIndex - settings.limits().snapshotEveryEntries() / 2;
    }

    private long witness(long snapshotIndex) {
        Map<RaftPeerId, Long> commits = new HashMap<>();
        for (CommitInfoProto commit : division.getCommitInfos()) {
            commits.put(RaftPeerId.valueOf(commit.getServer().getId()), commit.getCommitIndex());
        }
        long everyVoterHas = snapshotIndex;
        for (RaftPeer peer : division.getRaftConf().getCurrentPeers()) {
            if (Peers.member(peer).kind() == MemberKind.VOTER) {
                everyVoterHas = Math.min(everyVoterHas, commits.getOrDefault(peer.getId(), -1L));
            }
        }
        long bytes = logBytes();
        if (everyVoterHas < snapshotIndex && bytes > settings.limits().witnessLogBytes()) {
            journal.say("raft: a voter lacks entries after " + everyVoterHas + ", and the witness's log has " + bytes
                    + " bytes, more than it may: it goes up to entry " + snapshotIndex
                    + ", and that voter can catch up from another voter alone");
            return snapshotIndex;
        }
        return everyVoterHas;
    }

    private long logBytes() {
        Path current = division.getRaftStorage().getStorageDir().getCurrentDir().toPath();
        try (Stream<Path> files = Files.list(current)) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            journal.say("raft: cannot tell the size of the log in " + current + ", nothing of it is deleted: " + e);
            return 0;
        }
    }
}
