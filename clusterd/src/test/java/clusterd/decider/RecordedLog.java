package clusterd.decider;

import clusterd.manager.StateMachine;
import clusterd.model.Mode;
import clusterd.model.NodeId;
import clusterd.model.Project;
import clusterd.model.Resources;
import clusterd.model.ServiceSpec;
import clusterd.model.StoredFile;
import clusterd.raft.Member;
import clusterd.raft.MemberKind;
import clusterd.raft.RatisLog;
import clusterd.raft.Settings;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Sample;
import clusterd.wire.StateCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes the recorded log of {@link RecordedLogTest}: {@code RecordedLog FOLDER}. Run once for each version whose
 * logs later ones are to read; a recording is never written over.
 */
final class RecordedLog {
    static final UUID CLUSTER = UUID.fromString("00000000-0000-0000-0000-00000000c1a5");
    private static final int PORT = 21_377;

    private RecordedLog() {
    }

    static List<Entry> entries() {
        Simulation simulation = new Simulation(3, 0.05, each -> { });
        for (int i = 0; i < 3; i++) {
            simulation.add(Sample.labelled(Sample.node("n" + i, 8, 16), "zone", "z" + i));
        }
        simulation.propose(new Command.PutProject(new Project("shop", Resources.of(4000, 1L << 30).with("media", 2), 3)));
        simulation.propose(new Command.CreateFile(new StoredFile("motd", false, new TreeMap<>(), new byte[] {1, 2}, 5)));
        simulation.propose(new Command.CreateFile(new StoredFile("key", true, new TreeMap<>(), new byte[] {3}, 5)));
        simulation.propose(new Command.PutVault("authority", 0, new byte[] {4, 5, 6}));
        var web = simulation.create(Sample.service("web", 4, Sample.template(100, 64)));
        simulation.create(ServiceSpec.of("each", new Mode.Global(), Sample.template(10, 8)));
        simulation.create(ServiceSpec.of("job", new Mode.Job(3, 2), Sample.template(10, 8)));
        simulation.create(ServiceSpec.of("nightly", new Mode.Cron("0 3 * * *", new Mode.Job(1, 1), false),
                Sample.template(10, 8)));
        simulation.create(ServiceSpec.of("one", new Mode.Replicated(1, true), Sample.template(10, 8)));
        simulation.run(3_000);
        simulation.update(web, Sample.service("web", 3, Sample.template(200, 64)));
        simulation.machines().get(new NodeId("n1")).lose(true);
        simulation.run(4_000);
        simulation.machines().get(new NodeId("n1")).back();
        simulation.lead();
        simulation.run(4_000);
        simulation.propose(new Command.RemoveFile("key", true));
        simulation.propose(new Command.RemoveProject("shop"));
        simulation.propose(new Command.RemoveService(web, simulation.nowMillis()));
        simulation.run(2_000);
        return new ArrayList<>(simulation.log());
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Member self = new Member("m0", "127.0.0.1", PORT, MemberKind.VOTER);
        StateMachine machine = new StateMachine();
        List<Entry> entries = entries();
        ClusterState state = ClusterState.EMPTY;
        try (RatisLog log = RatisLog.open(Settings.of(CLUSTER, self, List.of(self), folder), machine,
                System.err::println)) {
            for (int i = 0; i < entries.size(); i++) {
                log.propose(StateCodec.encode(entries.get(i))).get();
                state = state.apply(entries.get(i)).state();
                if (i == entries.size() / 2) {
                    log.snapshot().get();
                }
            }
        }
        Files.writeString(folder.resolve("digest"), StateCodec.digest(state) + "\n");
    }
}
