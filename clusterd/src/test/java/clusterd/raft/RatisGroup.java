package clusterd.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import testkit.FreePort;

/** Members of one group in this JVM, with folders and ports of their own. */
final class RatisGroup implements LogContract.Group {
    static final UUID CLUSTER = UUID.fromString("00000000-0000-0000-0000-00000000c1a5");

    private static final Settings.Timing TIMING = new Settings.Timing(150, 300, 20_000, 1_000);

    /** One member; its log is null while it is down. */
    private static final class Slot {
        private final Settings settings;
        private RatisLog log;
        private Ledger ledger;

        Slot(Settings settings) {
            this.settings = settings;
        }
    }

    private final Path folder;
    private final List<Slot> slots = new ArrayList<>();
    private final UnaryOperator<Settings> adjust;
    private String poison = "";
    private final List<String> journal = new CopyOnWriteArrayList<>();

    RatisGroup(UnaryOperator<Settings> adjust) throws IOException {
        this.adjust = adjust;
        folder = Files.createTempDirectory("raft-test");
    }

    /** A group of voters, all up. */
    static RatisGroup of(int voters, UnaryOperator<Settings> adjust) throws IOException {
        RatisGroup group = new RatisGroup(adjust);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < voters; i++) {
            members.add(group.newMember("m" + i, MemberKind.VOTER));
        }
        group.begin(members);
        return group;
    }

    Member newMember(String id, MemberKind kind) throws IOException {
        return unused(id, kind);
    }

    /** A member with a port that is free just now. */
    static Member unused(String id, MemberKind kind) throws IOException {
        return new Member(id, "127.0.0.1", FreePort.withNext(), kind);
    }

    void begin(List<Member> members) throws IOException {
        for (Member member : members) {
            add(member, members);
        }
        for (int i = 0; i < slots.size(); i++) {
            start(i);
        }
    }

    /** Another member, down; it joins if it is given no members. */
    int add(Member self, List<Member> initial) {
        slots.add(new Slot(adjust.apply(Settings.of(CLUSTER, self, initial, folder.resolve(self.id()))
                .with(LogContract.limits()).with(TIMING))));
        return slots.size() - 1;
    }

    void start(int member) throws IOException {
        Slot slot = slots.get(member);
        slot.ledger = new Ledger(poison);
        String id = slot.settings.self().id();
        slot.log = slot.settings.self().kind() == MemberKind.VOTER
                ? RatisLog.open(slot.settings, slot.ledger, line -> journal.add(id + " " + line))
                : RatisLog.witness(slot.settings, line -> journal.add(id + " " + line));
    }

    void stop(int member) {
        Slot slot = slots.get(member);
        if (slot.log != null) {
            slot.log.close();
            slot.log = null;
        }
    }

    /** At once, since each takes a second or so. */
    private void stopAll() {
        List<Thread> threads = IntStream.range(0, slots.size())
                .mapToObj(member -> Thread.ofVirtual().start(() -> stop(member))).toList();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    Member member(int member) {
        return slots.get(member).settings.self();
    }

    Path folder(int member) {
        return slots.get(member).settings.folder().resolve(CLUSTER.toString());
    }

    /** Members started from now on cannot apply this entry. */
    void failAt(String entry) {
        poison = entry;
    }

    List<String> journal() {
        return journal;
    }

    /** Which of the members that are up leads, when one does. */
    int leader() {
        Await.until("a leader, of " + journal, () -> findLeader().isPresent());
        return findLeader().orElseThrow();
    }

    private Optional<Integer> findLeader() {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).log != null && slots.get(i).log.standing().role() == Role.LEADER) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    @Override
    public int size() {
        return slots.size();
    }

    @Override
    public RatisLog log(int member) {
        return slots.get(member).log;
    }

    @Override
    public Ledger ledger(int member) {
        return slots.get(member).ledger;
    }

    @Override
    public void restart() throws IOException {
        stopAll();
        for (int i = 0; i < slots.size(); i++) {
            start(i);
        }
    }

    @Override
    public void close() throws IOException {
        stopAll();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
