package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Members that come, go, lag, lead and die. */
class RatisMembersTest {
    private static void write(Log log, int from, int to) throws Exception {
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(log.propose(LogContract.bytes("entry " + i)));
            if (all.size() == 100) {
                for (CompletableFuture<byte[]> one : all) {
                    Await.done(one);
                }
                all.clear();
            }
        }
        for (CompletableFuture<byte[]> one : all) {
            Await.done(one);
        }
    }

    private static void assertSame(RatisGroup group, int... members) throws Exception {
        Await.done(group.log(members[0]).barrier());
        String digest = group.ledger(members[0]).digest();
        for (int member : members) {
            Await.done(group.log(member).barrier());
            assertEquals(digest, group.ledger(member).digest(), "member " + member);
        }
    }

    private static List<String> ids(Log log) {
        return log.standing().peers().stream().map(peer -> peer.member().id()).toList();
    }

    @Test
    void membersComeAndGo() throws Exception {
        try (RatisGroup group = RatisGroup.of(1, UnaryOperator.identity())) {
            write(group.log(0), 0, 20);
            for (int i = 1; i < 3; i++) {
                group.start(group.add(group.newMember("m" + i, MemberKind.VOTER), List.of()));
            }
            List<Member> three = List.of(group.member(0), group.member(1), group.member(2));
            Await.done(group.log(0).changeMembers(three));
            assertEquals(List.of("m0", "m1", "m2"), ids(group.log(0)));
            write(group.log(1), 20, 40);
            assertSame(group, 0, 1, 2);

            // From a member that may not lead, one goes: perhaps the leader.
            Await.done(group.log(1).changeMembers(List.of(group.member(1), group.member(2))));
            assertEquals(List.of("m1", "m2"), ids(group.log(1)));
            group.stop(0);
            write(group.log(2), 40, 60);
            assertSame(group, 1, 2);

            Await.done(group.log(2).changeMembers(List.of(group.member(2))));
            group.stop(1);
            write(group.log(2), 60, 80);
            Await.done(group.log(2).barrier());
            assertEquals(80, group.ledger(2).entries().size());
        }
    }

    @Test
    void aMemberThatIsNotThereIsNotAddedAndTheLogGoesOn() throws Exception {
        try (RatisGroup group = RatisGroup.of(1, UnaryOperator.identity())) {
            write(group.log(0), 0, 3);
            LogException refusal = Await.failure(group.log(0).changeMembers(
                    List.of(group.member(0), group.newMember("ghost", MemberKind.VOTER))));
            assertEquals(LogException.Kind.REFUSED, refusal.kind());
            assertTrue(refusal.getMessage().contains("ghost"), refusal.getMessage());
            write(group.log(0), 3, 6);
            assertEquals(List.of("m0"), ids(group.log(0)));
        }
    }

    @Test
    void leadershipIsHandedOverOnAStop() throws Exception {
        try (RatisGroup group = RatisGroup.of(3, UnaryOperator.identity())) {
            int leader = group.leader();
            write(group.log(leader), 0, 10);
            long term = group.log(leader).standing().term();
            int other = (leader + 1) % 3;
            List<Boolean> told = new ArrayList<>();
            group.log(leader).onLeadership((leading, led) -> told.add(leading));
            group.stop(leader);
            assertEquals(List.of(true, false), told);
            Await.until("another leads", () -> {
                String now = group.log(other).standing().leaderId().orElse("");
                return !now.isEmpty() && !now.equals("m" + leader);
            });
            assertTrue(group.log(other).standing().term() > term);
            assertTrue(group.journal().stream().noneMatch(line -> line.contains("nobody took leadership")),
                    group.journal().toString());
            write(group.log(other), 10, 20);
        }
    }

    @Test
    void leadershipGoesToWhoIsNamed() throws Exception {
        try (RatisGroup group = RatisGroup.of(3, UnaryOperator.identity())) {
            for (int i = 0; i < 3; i++) {
                write(group.log(0), i, i + 1);
                int to = (group.leader() + 1) % 3;
                // Asked at the third, which neither leads nor shall.
                Await.done(group.log((to + 1) % 3).transferLeadership("m" + to));
                Await.until("m" + to + " leads", () -> group.log(to).standing().role() == Role.LEADER);
            }
            assertEquals(LogException.Kind.REFUSED,
                    Await.failure(group.log(0).transferLeadership("nobody")).kind());
        }
    }

    @Test
    void aLateMemberCatchesUpFromASnapshot() throws Exception {
        UnaryOperator<Settings> small = settings -> settings.with(
                LogContract.limits().snapshotEvery(500).segments(LogContract.LARGEST_BYTES));
        try (RatisGroup group = RatisGroup.of(3, small)) {
            int late = (group.leader() + 1) % 3;
            int up = (late + 1) % 3;
            write(group.log(up), 0, 10);
            group.stop(late);
            write(group.log(up), 10, 4_000);
            group.start(late);
            assertSame(group, up, late);
            assertTrue(group.journal().stream().anyMatch(line -> line.startsWith("m" + late)
                    && line.contains("took over the state")), group.journal().toString());
            write(group.log(late), 4_000, 4_050);
            group.restart();
            assertSame(group, 0, 1, 2);
            assertEquals(4_050, group.ledger(late).entries().size());
        }
    }

    @Test
    void withoutAMajorityAProposalFailsInsteadOfHanging() throws Exception {
        UnaryOperator<Settings> impatient = settings ->
                settings.with(new Settings.Timing(150, 300, 1_500, 500));
        try (RatisGroup group = RatisGroup.of(3, impatient)) {
            int left = group.leader();
            write(group.log(left), 0, 10);
            group.stop((left + 1) % 3);
            group.stop((left + 2) % 3);
            LogException failure = Await.failure(group.log(left).propose(LogContract.bytes("lost?")));
            Set<LogException.Kind> kinds = Set.of(LogException.Kind.NO_LEADER, LogException.Kind.NO_MAJORITY);
            assertTrue(kinds.contains(failure.kind()), failure.getMessage());
            LogException barrier = Await.failure(group.log(left).barrier());
            assertTrue(kinds.contains(barrier.kind()), barrier.getMessage());
            group.start((left + 1) % 3);
            Await.until("a leader", () -> group.log(left).standing().leaderId().isPresent());
            write(group.log(left), 10, 20);
            Await.done(group.log(left).barrier());
            List<String> entries = group.ledger(left).entries();
            assertTrue(entries.size() == 20 || (entries.size() == 21 && entries.contains("lost?")),
                    entries.toString());
        }
    }
}
