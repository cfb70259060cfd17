package clusterd.daemon;

import clusterd.manager.ClusterAccess;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.raft.Member;
import clusterd.raft.RatisLog;
import clusterd.raft.Settings;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Part;
import clusterd.wire.StateCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import runtime.container.Journal;

/** The log of a new group of one manager, which begins with a state that there was already. */
final class Seed {
    private static final int ENTRY_BYTES = 256 * 1024;

    private Seed() {
    }

    /** Writes it, before anybody decides or asks anything by it: half a state would be taken for a whole one. */
    static void write(NodeFile self, List<Part> parts, Path clusterFolder, Journal journal) throws IOException {
        Path folder = self.logFolder(clusterFolder);
        removeAll(folder);
        Member member = Member.voter(self.nodeId(), self.address().host(), self.logPort());
        StateMachine machine = new StateMachine();
        try (RatisLog log = RatisLog.open(Settings.of(self.group(), member, List.of(member), folder), machine,
                journal)) {
            ClusterAccess access = new ClusterAccess(log, machine, new Proposals(log));
            for (List<Part> some : chunks(parts)) {
                access.change(List.of(new Command.Restore(some)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the state was written into a new log", e);
        }
    }

    /** As many parts together as fit well into an entry. */
    static List<List<Part>> chunks(List<Part> parts) {
        List<List<Part>> chunks = new ArrayList<>();
        List<Part> chunk = new ArrayList<>();
        int bytes = 0;
        for (Part part : parts) {
            int its = StateCodec.encode(new Entry(0, List.of(new Command.Restore(List.of(part))))).length;
            if (!chunk.isEmpty() && bytes + its > ENTRY_BYTES) {
                chunks.add(List.copyOf(chunk));
                chunk.clear();
                bytes = 0;
            }
            chunk.add(part);
            bytes += its;
        }
        if (!chunk.isEmpty()) {
            chunks.add(List.copyOf(chunk));
        }
        return chunks;
    }

    /** A folder and all in it, if it is there. */
    static void removeAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
